package dev.weighbridge.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that spark-submit starts, with the master that it would set. */
class SparkSubmitMainTest {
    private static final Map<String, String> SUBMITTED = Map.of(
            "spark.master", "local[2]",
            "spark.ui.enabled", "false",
            "spark.driver.host", "127.0.0.1",
            "spark.driver.bindAddress", "127.0.0.1");

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void submitted() throws IOException {
        SUBMITTED.forEach(System::setProperty);
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            rows.append("{\"a\":").append(i).append("}\n");
        }
        Files.writeString(folder.resolve("sums.jsonl"), rows);
        Files.writeString(folder.resolve("sums.yaml"), """
                task: sums
                data: sums.jsonl
                prompt: "{{a}} + 1 ="
                target: "{{a + 1}}"
                filter: [strip]
                score: exact-match
                """);
    }

    @AfterEach
    void over() {
        SUBMITTED.keySet().forEach(System::clearProperty);
    }

    private int execute(String... arguments) {
        return SparkSubmitMain.execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    @Test
    void aServerIsEvaluatedAndItsAnswersAreJudgedAgain() throws IOException {
        try (AnsweringServer server = new AnsweringServer()) {
            assertThat(execute(
                            "evaluate",
                            "--server",
                            server.address(),
                            "--task",
                            folder.resolve("sums.yaml").toString(),
                            "--executor-price",
                            "1.5",
                            "--results",
                            folder.resolve("results").toString()))
                    .as(err.toString())
                    .isZero();
        }
        assertThat(out.toString())
                .contains("sums/exact_match", "n = 12", "12 of 12 samples have an answer", "executor-seconds  ")
                .containsPattern("cost +0\\.\\d{6} USD");
        Path run;
        try (Stream<Path> runs = Files.list(folder.resolve("results/evaluate"))) {
            run = runs.findFirst().orElseThrow();
        }
        assertThat(out.toString()).contains("run               " + run);
        assertThat(execute("rescore", run.toString())).as(err.toString()).isZero();
        assertThat(out.toString()).contains("0 of 12 samples are judged otherwise than before");
    }

    @Test
    void whatIsMissingOrWrongIsSaidBeforeSparkStarts() {
        assertThat(execute("evaluate", "--task", "none.yaml")).isEqualTo(2);
        assertThat(execute("evaluate", "model", "--precision", "int3")).isEqualTo(2);
        assertThat(execute("evaluate", "model", "--executor-price", "-1")).isEqualTo(2);
        assertThat(execute("evaluate", "model", "--slots", "0")).isEqualTo(2);
        assertThat(execute("rescore", folder.resolve("nowhere").toString())).isEqualTo(2);
        assertThat(execute()).isEqualTo(2);
        assertThat(err.toString().lines().toList())
                .filteredOn(line -> line.startsWith("error: "))
                .zipSatisfy(
                        List.of(
                                "name what is to be evaluated",
                                "precision 'int3' does not exist",
                                "the price of an executor must be US dollars an hour from 0, got: -1.0",
                                "--slots must be between 1 and 1024, got: 0",
                                "is not a run folder"),
                        (line, part) -> assertThat(line).contains(part));
        assertThat(err.toString()).contains("Missing required subcommand");
    }
}
