package dev.weighbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A study whose engine stands behind a gateway, in real processes. */
class GatedStudyTest {
    private static final Path MODEL =
            Path.of("../../datasets/models/weighbridge-demo").toAbsolutePath();

    @TempDir
    Path folder;

    @Test
    void whatAGatewayWithholdsIsWhatItsVariantAnswers() throws IOException {
        Files.writeString(folder.resolve("strict.yaml"), """
                guards:
                  refusal: Not here.
                  guards:
                    - {type: regex, action: block, sides: [input], patterns: {all: "."}}
                """);
        Files.writeString(
                folder.resolve("prices.yaml"), "name: list\ndate: 2026-11-01\nsource: us\nusd-per-hour:\n  box: 1.0\n");
        Path study = Files.writeString(
                folder.resolve("study.yaml"),
                "study: gated\nmodels: [" + MODEL
                        + "]\nengines: [onnxruntime]\ngateways: [none, strict.yaml]\nhardware: box\nprices: prices.yaml\n"
                        + "parity: {prompts: 2}\nevaluation: {tasks: [demo-sorting], samples: 4}\n");
        StringWriter err = new StringWriter();
        Terminal terminal =
                new Terminal(new PrintWriter(new StringWriter(), true), new PrintWriter(err, true), false, 150);
        Weighbridge.commandLine(terminal)
                .execute(
                        "run",
                        study.toString(),
                        "--results",
                        folder.resolve("results").toString());
        RunDirectory run;
        try (Stream<Path> runs = Files.list(folder.resolve("results/gated"))) {
            run = RunDirectory.open(runs.findFirst().orElseThrow());
        }
        assertThat(run.trials()).as(err.toString()).hasSize(4);
        for (Trial trial : run.trials()) {
            boolean strict = trial.variant().id().endsWith("gateway_strict");
            assertThat(trial.status()).as(trial.id()).isEqualTo(Trial.Status.COMPLETED);
            assertThat(trial.engine().containsKey("gateway")).isEqualTo(strict);
            if (trial.workload().kind() == Workload.Kind.EVALUATION) {
                List<Object> answers = new ArrayList<>();
                run.forEachSample(trial.id(), "demo-sorting", sample -> answers.addAll(resps(sample)));
                assertThat(answers).hasSize(4);
                assertThat(answers.stream().allMatch("Not here."::equals)).isEqualTo(strict);
            }
        }
    }

    private static List<Object> resps(SampleRecord sample) {
        return sample.resps().stream()
                .flatMap(repeats -> ((List<?>) repeats).stream())
                .map(Object.class::cast)
                .toList();
    }
}
