package dev.weighbridge.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations that lm-evaluation-harness 0.4.13 wrote, with its model {@code dummy} and two seeds. */
class HarnessImportTest {
    @TempDir
    Path folder;

    private static Path results(String name) {
        try {
            Path place = Path.of(Objects.requireNonNull(HarnessImportTest.class.getResource("lm-eval-0.4.13/" + name))
                    .toURI());
            try (Stream<Path> files = Files.list(place)) {
                return files.filter(HarnessResults::isCalledSo).findFirst().orElseThrow();
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private RunDirectory imported() {
        List<HarnessResults> both = List.of(HarnessResults.read(results("one")), HarnessResults.read(results("two")));
        return new HarnessImport("imported", 0.01).write(both, folder, Instant.parse("2026-11-27T10:00:00Z"));
    }

    private static Measurement figure(Trial trial, String name, String scope) {
        return trial.measurements().stream()
                .filter(figure -> figure.name().equals(name) && figure.scope().equals(scope))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void scoresAndSamplesAreTakenAsTheyAre() {
        RunDirectory run = imported();
        Trial first = run.trials().get(0);
        Measurement accuracy = figure(first, "score", "choice-columns/acc");
        assertThat(accuracy.value()).isEqualTo(0.25);
        assertThat(accuracy.high() - accuracy.value()).isCloseTo(1.959964 * 0.1305582419667734, within(1e-6));
        assertThat(figure(first, "score", "filters/exact_match,flexible-extract")
                        .value())
                .isZero();
        assertThat(figure(first, "score", "rolling/word_perplexity").low()).isNull();
        List<SampleRecord> samples = new ArrayList<>();
        run.forEachSample(first.id(), "choice-columns", samples::add);
        assertThat(samples).hasSize(12);
        assertThat(samples.stream().mapToDouble(SampleRecord::score).sum()).isEqualTo(3);
        assertThat(samples.get(0).doc()).containsKey("question");
        assertThat(samples.get(0).arguments()).hasSize(4);
    }

    @Test
    void theSecondIsHeldToTheFirstSampleBySample() {
        RunDirectory run = imported();
        assertThat(run.manifest().variants()).hasSize(2);
        Trial second = run.trials().get(1);
        double flips = figure(second, "flips_to_right", "choice-columns").value()
                - figure(second, "flips_to_wrong", "choice-columns").value();
        assertThat(flips).isEqualTo(5 - 3);
        assertThat(figure(second, "accuracy_difference", "choice-columns").value())
                .isCloseTo(2.0 / 12, within(1e-12));
        assertThat(second.measurements()).noneMatch(m -> m.scope().equals("rolling"));
    }

    @Test
    void whatIsWrittenAgainIsReadAgain() throws IOException {
        RunDirectory run = imported();
        Trial first = run.trials().get(0);
        Path written = HarnessExport.write(run, first, folder.resolve("out"));
        JsonNode theirs = new ObjectMapper().readTree(results("one").toFile());
        JsonNode ours = new ObjectMapper().readTree(written.toFile());
        for (String score : List.of("acc,none", "acc_norm,none", "acc_stderr,none")) {
            assertThat(ours.at("/results/choice-columns").path(score).asDouble())
                    .as(score)
                    .isCloseTo(theirs.at("/results/choice-columns").path(score).asDouble(), within(1e-9));
        }
        assertThat(ours.at("/results/rolling")
                        .path("word_perplexity_stderr,none")
                        .asText())
                .isEqualTo("N/A");
        assertThat(ours.at("/higher_is_better/rolling").path("word_perplexity").asBoolean())
                .isFalse();
        assertThat(ours.at("/n-samples/filters").path("effective").asInt()).isEqualTo(12);
        HarnessResults again = HarnessResults.read(written);
        assertThat(again.samples())
                .isEqualTo(HarnessResults.read(results("one")).samples());
    }

    @Test
    void groupsAreWrittenWithWhatTheyAreMadeOf() throws IOException {
        RunDirectory run = imported();
        Trial first = run.trials().get(0);
        String group = "{\"id\": \"%s\", \"alias\": \"%s\", \"version\": \"2.0\", \"figures\": []}";
        String outer = group.formatted("outer", "Outer");
        Files.writeString(
                run.rulesFile(first.id(), "choice-columns"),
                "{\"listing\": {\"alias\": \"columns\", \"shots\": 3, \"groups\": [" + outer + "]}}");
        Files.writeString(
                run.rulesFile(first.id(), "filters"),
                "{\"listing\": {\"alias\": \"\", \"shots\": 3, \"groups\": [" + outer + ","
                        + group.formatted("outer::inner", "inner") + "]}}");
        List<Measurement> figures = new ArrayList<>(first.measurements());
        figures.add(new Measurement("group_score", "outer/acc,none", "score", 0.5, "1", 24, 0.304, 0.696, false));
        JsonNode written = new ObjectMapper()
                .readTree(HarnessExport.write(run, first.withMeasurements(figures), folder.resolve("out"))
                        .toFile());
        assertThat(written.at("/groups/outer").path("acc,none").asDouble()).isEqualTo(0.5);
        assertThat(written.at("/groups/outer").path("acc_stderr,none").asDouble())
                .isCloseTo(0.1, within(1e-4));
        assertThat(written.at("/groups/outer").path("sample_len").asInt()).isEqualTo(24);
        assertThat(written.at("/groups/outer/sample_count").path("acc,none").asInt())
                .isEqualTo(24);
        assertThat(written.at("/results/outer")).isEqualTo(written.at("/groups/outer"));
        assertThat(written.at("/results/choice-columns/alias").asText()).isEqualTo("columns");
        assertThat(written.path("groups").has("outer::inner")).isFalse();
        assertThat(written.at("/results/outer::inner/alias").asText()).isEqualTo("inner");
        assertThat(written.at("/group_subtasks/outer"))
                .extracting(JsonNode::asText)
                .containsExactly("choice-columns", "outer::inner");
        assertThat(written.at("/group_subtasks/outer::inner"))
                .extracting(JsonNode::asText)
                .containsExactly("filters");
        assertThat(written.at("/n-shot/outer").asInt()).isEqualTo(3);
        assertThat(written.at("/versions/outer").asText()).isEqualTo("2.0");
        assertThat(written.at("/higher_is_better/outer/acc").asBoolean()).isTrue();
    }

    @Test
    void whatIsNoEvaluationIsNamed() throws IOException {
        Path empty = Files.writeString(folder.resolve("results_x.json"), "{}");
        assertThatThrownBy(() -> HarnessResults.read(empty))
                .isInstanceOf(InvalidResultException.class)
                .hasMessageContaining("no object 'results'");
        Files.writeString(empty, "{\"results\": {\"t\": {\"acc,none\": 1}}}");
        assertThatThrownBy(() -> HarnessResults.read(empty)).hasMessageContaining("--log_samples");
        Files.writeString(folder.resolve("samples_t_x.jsonl"), "{\"doc_id\": 1}\n");
        assertThatThrownBy(() -> HarnessResults.read(empty)).hasMessageContaining("a line without 'doc_id', 'doc'");
        assertThatThrownBy(() -> HarnessResults.read(folder.resolve("other.json")))
                .hasMessageContaining("results_TIME");
    }

    @Test
    void hostileNamesBecomeHarmless() throws IOException {
        Path file = Files.writeString(
                folder.resolve("results_x.json"),
                "{\"results\": {\"../../etc\": {\"acc,none\": 1}, \"t\": {}}, \"model_name\": \"<b>" + "x".repeat(1000)
                        + "\"}");
        Files.writeString(
                folder.resolve("samples_t_x.jsonl"),
                "{\"doc_id\": 1, \"doc\": {}, \"doc_hash\": \"h\", \"metrics\": [\"acc\"], \"acc\": true}\n");
        HarnessResults read = HarnessResults.read(file);
        assertThat(read.model()).hasSize(200);
        RunDirectory run = new HarnessImport("imported", 0.01).write(List.of(read, read), folder, Instant.EPOCH);
        assertThat(run.manifest().variants()).extracting(v -> v.id()).doesNotHaveDuplicates();
        assertThat(run.trials()).hasSize(2);
    }
}
