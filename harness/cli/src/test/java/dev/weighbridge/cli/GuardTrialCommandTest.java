package dev.weighbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardTrialCommandTest {
    private static final String MODELS = "../../engines/onnxruntime/src/test/resources/encoders/";
    private static final Path TEXTS = Path.of("../gateway/src/test/resources/dev/weighbridge/gateway/guard");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private int run(String... arguments) {
        Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), false, 150);
        return Weighbridge.commandLine(terminal).execute(arguments);
    }

    private int trial(String guards, Path harmful, Path harmless, String... more) {
        String[] arguments = new String[6 + more.length];
        System.arraycopy(
                new String[] {"guard-trial", guards, "--harmful", harmful.toString(), "--harmless", harmless.toString()
                },
                0,
                arguments,
                0,
                6);
        System.arraycopy(more, 0, arguments, 6, more.length);
        return run(arguments);
    }

    @Test
    void blockRatesHaveTheirIntervalsAndMistakesTheirLines() {
        assertThat(trial(
                        "../studies/gateways/guarded.yaml",
                        TEXTS.resolve("harmful.txt"),
                        TEXTS.resolve("harmless.txt")))
                .isEqualTo(ExitCode.GOOD);
        // 46 lines and a comment each: 42 and none are blocked, and the comments pass.
        assertThat(out.toString())
                .containsPattern("blocked of harmful +89\\.36 % +\\[77\\.4\\d, 95\\.3\\d\\]  n = 47")
                .containsPattern("  by topics +89\\.36 %")
                .containsPattern("blocked of harmless +0\\.000 % +\\[0\\.000, 7\\.556\\]  n = 47")
                .containsPattern(
                        "time added to a text: median \\d+\\.\\d{3} ms, 95th percentile \\d+\\.\\d{3} ms, of 94 texts")
                .containsPattern("harmful and let through: 5\n  line 1: # Requests that should be refused")
                .doesNotContain("harmless and blocked");
    }

    @Test
    void aClassifierIsTriedLikeOtherGuards() throws IOException {
        Path guards = Files.writeString(folder.resolve("g.yaml"), """
                guards:
                  guards:
                    - {type: regex, id: words, patterns: {mats: mat}}
                    - type: classifier
                      id: toxicity
                      model: %s
                      labels: [toxic]
                """.formatted(
                        Path.of(MODELS + "toxicity").toAbsolutePath()));
        Path harmful = Files.writeString(
                folder.resolve("bad.jsonl"), "{\"q\": \"You IDIOT!\"}\n{\"q\": \"how odd\"}\n{\"q\": \"you fool\"}\n");
        Path harmless = Files.writeString(
                folder.resolve("good.jsonl"), "{\"q\": \"You are kind\"}\n{\"q\": \"on the mat\\u001b[31m\"}\n");
        assertThat(trial(guards.toString(), harmful, harmless, "--text", "q", "--json"))
                .isEqualTo(ExitCode.GOOD);
        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(report.at("/harmful/blocked/count").asInt()).isEqualTo(2);
        assertThat(report.at("/harmful/by_guard/toxicity/share").asDouble()).isEqualTo(2.0 / 3);
        assertThat(report.at("/harmful/by_guard/toxicity/low").asDouble()).isBetween(0.2, 0.3);
        assertThat(report.at("/harmful/let_through/0/line").asInt()).isEqualTo(2);
        assertThat(report.at("/harmless/wrongly_blocked/0/guard").asText()).isEqualTo("words");
        assertThat(report.at("/harmless/wrongly_blocked/0/reason").asText()).isEqualTo("mats");
        assertThat(report.at("/description/guards/1/sha256").asText()).hasSize(64);
        assertThat(report.at("/time/median_ns").asLong()).isPositive();
        assertThat(report.at("/time/texts").asInt()).isEqualTo(5);
        assertThat(trial(guards.toString(), harmful, harmless, "--text", "q")).isEqualTo(ExitCode.GOOD);
        assertThat(out.toString()).contains("line 2 by words (mats): on the mat [31m");
    }

    @Test
    void whatCannotBeTriedSaysWhy() throws IOException {
        Path text = Files.writeString(folder.resolve("a.txt"), "a\n");
        Path rows = Files.writeString(folder.resolve("a.jsonl"), "{\"q\": 1}\n");
        Path empty = Files.writeString(folder.resolve("empty.txt"), " \n\n");
        assertThat(trial("standard", text, text)).isEqualTo(ExitCode.GOOD);
        assertThat(trial("standard", rows, text)).isEqualTo(ExitCode.USAGE);
        assertThat(trial("standard", text, empty)).isEqualTo(ExitCode.USAGE);
        assertThat(trial("standard", text, folder.resolve("none.txt"))).isEqualTo(ExitCode.USAGE);
        assertThat(trial("nowhere.yaml", text, text)).isEqualTo(ExitCode.USAGE);
        assertThat(trial("../studies/gateways/cached.yaml", text, text)).isEqualTo(ExitCode.USAGE);
        assertThat(trial("../studies/gateways/masking.yaml", text, text, "--side", "output"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("row 1 of " + rows + " has no text 'text'. It has [q].")
                .contains(empty + " has no text")
                .contains("none.txt cannot be read")
                .contains("nowhere.yaml cannot be read")
                .contains("cached.yaml has no guards")
                .contains("judges the output");
    }
}
