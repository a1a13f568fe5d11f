package dev.weighbridge.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.definition.TaskFiles;
import dev.weighbridge.datasets.harness.HarnessTasks;
import dev.weighbridge.results.ResponseRecord;
import dev.weighbridge.results.SampleRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scores of task files of lm-evaluation-harness against those that it gives the same replies itself
 * ({@code scripts/reference/make_harness_fixtures.py}).
 */
class HarnessScoresTest {
    private static final Path FIXTURES = Path.of("../../datasets/src/test/resources/dev/weighbridge/datasets/harness")
            .toAbsolutePath();
    /** Scores that lm-eval gives a sample as its texts or probabilities, from which it makes one figure over all. */
    private static final Set<String> BY_CORPUS = Set.of("brier_score", "bleu", "chrf", "chrf++", "ter", "bypass");

    static Stream<JsonNode> expected() throws IOException {
        return Stream.concat(
                lines(FIXTURES.resolve("expected.jsonl.gz")).stream(),
                lines(FIXTURES.resolve("expected-ports.jsonl.gz")).stream());
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> tasks = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                tasks.add(new ObjectMapper().readTree(line));
            }
        }
        return tasks;
    }

    @ParameterizedTest
    @MethodSource("expected")
    void scoresAreThoseOfTheHarness(JsonNode expected) {
        String name = expected.get("task").asText();
        TaskSet task = TaskFiles.loadAll((name.startsWith("ports/") ? "" : "tasks/") + name + ".yaml", FIXTURES)
                .get(0);
        held(task, expected);
    }

    /** The task files that lm-evaluation-harness itself carries; they are not ours to ship. */
    @Test
    void scoresOfItsOwnTaskFilesAreThose(@TempDir Path folder) throws IOException {
        String corpus = System.getProperty("weighbridge.harness-package");
        assumeTrue(
                corpus != null,
                "-Dweighbridge.harness-package=FOLDER is not given: what make_harness_fixtures.py --package FOLDER wrote");
        int[] held = {0};
        List<String> unread = new ArrayList<>();
        for (JsonNode expected : lines(Path.of(corpus).resolve("expected.jsonl.gz"))) {
            Path file = Path.of(expected.get("file").asText());
            try {
                TaskSet task = HarnessTasks.load(
                                file, folder, Path.of(expected.get("rows").asText()))
                        .get(0);
                if (task.broken().isEmpty()) {
                    held(task, expected);
                    held[0]++;
                }
            } catch (DataException e) {
                unread.add(file + ": " + e.getMessage());
            }
        }
        System.out.println(held[0] + " task files judged as there, " + unread.size() + " not read");
        assertThat(held[0]).isGreaterThanOrEqualTo(20);
    }

    private static void held(TaskSet task, JsonNode expected) {
        String name = expected.get("task").asText();
        Set<String> compared = new TreeSet<>();
        try (TaskScoring scoring = scoring(task)) {
            for (JsonNode sample : expected.get("samples")) {
                SampleRecord judged = scoring.judge(response(task, sample));
                assertThat(judged.failure()).as(name).isNull();
                sample.get("scores").properties().forEach(score -> {
                    double[] theirs = theirs(score.getKey(), score.getValue());
                    double[] own = own(judged, score.getKey(), theirs.length, task);
                    if (own.length > 0) {
                        compared.add(score.getKey());
                        assertThat(own)
                                .as("%s, row %s, %s", name, sample.get("doc_id"), score.getKey())
                                .containsExactly(theirs, within(1e-9));
                    }
                });
            }
        }
        Set<String> all = new TreeSet<>();
        expected.get("samples").get(0).get("scores").fieldNames().forEachRemaining(all::add);
        all.removeIf(score -> BY_CORPUS.contains(score.substring(0, score.indexOf(','))));
        all.removeIf(score ->
                task.notes().stream().anyMatch(note -> note.contains("'" + score.split(",", -1)[0] + "'")));
        assertThat(compared).as(name).isEqualTo(all);
    }

    private static TaskScoring scoring(TaskSet task) {
        try {
            return new TaskScoring(task.rules());
        } catch (ConfigException e) {
            assumeFalse(String.valueOf(e.getMessage()).contains("in confinement"), e.getMessage());
            throw e;
        }
    }

    /**
     * What lm-eval gives for one sample: a number, how many of several hold, log-likelihood and units, or, of right and likeliest
     * choice, hits, false alarms, misses and the rest.
     */
    private static double[] theirs(String score, JsonNode value) {
        if (!value.isArray()) {
            return new double[] {value.isBoolean() ? (value.asBoolean() ? 1 : 0) : value.asDouble()};
        }
        List<Double> numbers = new ArrayList<>();
        value.forEach(
                element -> numbers.add(element.isBoolean() ? (element.asBoolean() ? 1.0 : 0.0) : element.asDouble()));
        if (score.startsWith("f1,") || score.startsWith("mcc,")) {
            boolean right = numbers.get(0) == 1;
            boolean chosen = numbers.get(1) == 1;
            return new double[] {
                right && chosen ? 1 : 0, !right && chosen ? 1 : 0, right && !chosen ? 1 : 0, !right && !chosen ? 1 : 0
            };
        }
        if (score.startsWith("inst_level")) {
            return new double[] {
                numbers.stream().mapToDouble(Double::doubleValue).sum(), numbers.size()
            };
        }
        return numbers.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** By the name of a metric with its filter; the first filter's scores go without it here. Empty for one over all samples. */
    private static double[] own(SampleRecord judged, String name, int numbers, TaskSet task) {
        String metric = name.substring(0, name.indexOf(','));
        String first = task.rules().pipelines().get(0).name();
        Object value = judged.scores().get(name.endsWith("," + first) ? metric : name);
        double[] own = value instanceof List<?> sums
                ? sums.stream().mapToDouble(sum -> ((Number) sum).doubleValue()).toArray()
                : value instanceof Number number ? new double[] {number.doubleValue()} : new double[0];
        return BY_CORPUS.contains(metric) ? new double[0] : Arrays.copyOf(own, Math.min(own.length, numbers));
    }

    private static ResponseRecord response(TaskSet task, JsonNode sample) {
        int doc = sample.get("doc_id").asInt();
        TaskSet.Sample asked = task.samples().get(doc);
        List<ResponseRecord.Reply> replies = new ArrayList<>();
        for (JsonNode request : sample.get("replies")) {
            if (task.rules().asking().output() == TaskSet.Output.GENERATE) {
                request.forEach(
                        text -> replies.add(new ResponseRecord.Reply(text.asText(), null, null, null, 1, "stop", 1)));
            } else {
                replies.add(new ResponseRecord.Reply(
                        "", request.get(0).asDouble(), request.get(1).asBoolean(), null, 1, null, 1));
            }
        }
        return new ResponseRecord(
                doc,
                asked.id(),
                asked.prompt(),
                asked.targets(),
                asked.choices(),
                asked.cluster(),
                asked.row(),
                SampleHash.of(asked),
                replies,
                null,
                null);
    }
}
