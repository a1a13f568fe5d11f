package dev.weighbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    private static final Path MODEL = Path.of("..", "..", "datasets", "models", "weighbridge-demo");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private int run(String... arguments) {
        Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), false, 150);
        return Weighbridge.commandLine(terminal).execute(arguments);
    }

    private Path study(String engines, String model) throws IOException {
        Files.writeString(
                folder.resolve("prices.yaml"), "name: list\ndate: 2026-11-01\nsource: us\nusd-per-hour:\n  box: 1.0\n");
        Path study = folder.resolve("study.yaml");
        Files.writeString(
                study,
                "study: small\nmodels: [" + model + "]\nengines: [" + engines
                        + "]\nhardware: box\nprices: prices.yaml\n");
        return study;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run",
                "plan",
                "resume",
                "evaluate",
                "load",
                "serve",
                "report",
                "decide",
                "publish",
                "engines",
                "doctor"
            })
    void everyCommandHasHelpWithAnExample(String command) {
        assertThat(run(command, "--help")).isEqualTo(ExitCode.GOOD);
        assertThat(out.toString())
                .contains(
                        "Usage: weighbridge " + command,
                        "weighbridge " + command + (command.equals("doctor") ? "" : " "));
    }

    @Test
    void noCommandIsAUsageError() {
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no command given");
    }

    @Test
    void bothEnginesAreListedAsJson() {
        assertThat(run("engines", "--json")).isEqualTo(ExitCode.GOOD);
        assertThat(out.toString()).contains("\"onnxruntime\"", "\"pytorch\"", "\"int4\"", "\"continuous\"");
    }

    @Test
    void aPlanNamesEveryVariantAndTrial() throws IOException {
        Path study = study("onnxruntime, pytorch", MODEL.toAbsolutePath().toString());
        assertThat(run("plan", study.toString())).isEqualTo(ExitCode.GOOD);
        assertThat(out.toString()).contains("2 variants, 2 trials, baseline weighbridge-demo~onnxruntime~fp32~none");
    }

    @Test
    void anUnknownKeyEndsWithTwoAndItsLine() throws IOException {
        Path study = study("onnxruntime", "m");
        Files.writeString(study, Files.readString(study) + "preciSions: [fp32]\n");
        assertThat(run("plan", study.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("study.yaml:6: preciSions: unknown key. Did you mean 'precisions'?");
    }

    @Test
    void aMissingEngineEndsWithThreeAndThoseThatExist() throws IOException {
        assertThat(run("plan", study("vllm", "m").toString())).isEqualTo(ExitCode.ENGINE_UNAVAILABLE);
        assertThat(err.toString()).contains("engine 'vllm'", "onnxruntime");
    }

    @Test
    void aCorruptCheckpointEndsWithTwoBeforeAnythingIsMeasured() throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        for (String name :
                new String[] {"config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"}) {
            Files.copy(MODEL.resolve(name), model.resolve(name));
        }
        byte[] weights = Files.readAllBytes(MODEL.resolve("model.safetensors"));
        Files.write(model.resolve("model.safetensors"), java.util.Arrays.copyOf(weights, weights.length / 2));
        Path results = folder.resolve("results");
        assertThat(run("run", study("onnxruntime", "model").toString(), "--results", results.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("model.safetensors");
        assertThat(results).doesNotExist();
    }

    @Test
    void aFolderThatIsNoRunEndsWithTwo() {
        for (String command : new String[] {"resume", "report", "decide"}) {
            assertThat(run(command, folder.toString())).as(command).isEqualTo(ExitCode.USAGE);
        }
        assertThat(err.toString()).contains("is not a run folder");
    }

    @Test
    void aMissingModelIsAUsageErrorOfServe() {
        assertThat(run("serve", folder.resolve("none").toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("does not exist");
    }
}
