package dev.weighbridge.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.datasets.Prompting;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.definition.TaskFiles;
import dev.weighbridge.results.ResponseRecord;
import dev.weighbridge.results.SampleRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scores of task files of lm-evaluation-harness against those that it gives the same replies itself
 * ({@code scripts/reference/make_harness_fixtures.py}).
 */
class HarnessScoresTest {
    private static final Path FIXTURES = Path.of("../../datasets/src/test/resources/dev/weighbridge/datasets/harness")
            .toAbsolutePath();
    private static final Set<String> BY_TASK_ALONE = Set.of("perplexity", "brier_score");

    static Stream<JsonNode> expected() throws IOException {
        List<JsonNode> tasks = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(FIXTURES.resolve("expected.jsonl.gz"))),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                tasks.add(new ObjectMapper().readTree(line));
            }
        }
        return tasks.stream();
    }

    @ParameterizedTest
    @MethodSource("expected")
    void scoresAreThoseOfTheHarness(JsonNode expected) {
        String name = expected.get("task").asText();
        TaskSet task = TaskFiles.loadAll("tasks/" + name + ".yaml", FIXTURES, Prompting.PLAIN)
                .get(0);
        Set<String> compared = new TreeSet<>();
        try (TaskScoring scoring = new TaskScoring(task.rules())) {
            for (JsonNode sample : expected.get("samples")) {
                SampleRecord judged = scoring.judge(response(task, sample));
                assertThat(judged.failure()).as(name).isNull();
                sample.get("scores").properties().forEach(score -> {
                    Double own = own(judged, score.getKey(), task);
                    if (score.getValue().isArray() && task.rules().asking().output() == TaskSet.Output.ROLLING) {
                        compared.add(score.getKey());
                        assertThat(judged.vector(score.getKey().replace(",none", "")))
                                .containsExactly(
                                        score.getValue().get(0).asDouble(),
                                        score.getValue().get(1).asDouble());
                    } else if (own != null && score.getValue().isNumber()) {
                        compared.add(score.getKey());
                        assertThat(own)
                                .as("%s, row %s, %s", name, sample.get("doc_id"), score.getKey())
                                .isCloseTo(score.getValue().asDouble(), within(1e-9));
                    }
                });
            }
        }
        assertThat(compared).as(name).isNotEmpty();
    }

    /** By the name of a metric with its filter; the first filter's scores go without it here. */
    private static Double own(SampleRecord judged, String name, TaskSet task) {
        String metric = name.substring(0, name.indexOf(','));
        String first = task.rules().pipelines().get(0).name();
        Object value = judged.scores().get(name.endsWith("," + first) ? metric : name);
        if (value instanceof List<?> sums) {
            return BY_TASK_ALONE.contains(metric) ? ((Number) sums.get(0)).doubleValue() : null;
        }
        return value == null ? null : ((Number) value).doubleValue();
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
                Map.of(),
                SampleHash.of(asked),
                replies,
                null,
                null);
    }
}
