package dev.weighbridge.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    private static final Variant VARIANT = new Variant("m~e~fp32~none", "m", "e", "fp32", "none", "none", "cpu", "box");

    @TempDir
    Path results;

    private static Manifest manifest(String study) {
        return new Manifest(
                Manifest.SCHEMA_VERSION,
                study,
                "run-1",
                "00",
                "study: x\n",
                "2026-01-01T00:00:00Z",
                null,
                Map.of("study", 42L),
                Map.of("os", "Linux"),
                Map.of("jvm", "17"),
                List.of(),
                List.of(),
                new Manifest.Prices("list", "2026-01-01", "us", Map.of("box", 3.6)),
                VARIANT.id(),
                new Manifest.Objectives(100.0, null, null, 0.99, 0.02),
                List.of(VARIANT),
                new Manifest.Plan(
                        List.of(),
                        List.of(),
                        new Manifest.Search(0.05, 6),
                        3,
                        null,
                        Map.of(VARIANT.id(), VARIANT.id())));
    }

    private static Trial trial(String id, Workload workload, int repeat, Measurement... measurements) {
        return new Trial(
                Trial.SCHEMA_VERSION,
                id,
                VARIANT,
                workload,
                repeat,
                1,
                1,
                Trial.Status.COMPLETED,
                List.of(),
                List.of(),
                List.of(measurements),
                null,
                Map.of("version", "1"),
                "2026-01-01T00:00:00Z",
                1.5);
    }

    private static Trial parity(String id) {
        return trial(id, new Workload(Workload.Kind.PARITY, "parity"), 1);
    }

    private static Measurement measurement(String name, double value) {
        return new Measurement(name, "", name, value, "1", 10, value - 0.5, value + 0.5, false);
    }

    private RunDirectory run() {
        return RunDirectory.create(results, manifest("study"));
    }

    @Test
    void aCommittedTrialIsReadBackWhole() {
        RunDirectory run = run();
        Trial trial =
                trial("t1", new Workload(Workload.Kind.EVALUATION, "evaluation"), 1, measurement("accuracy", 0.75));
        try (TrialFolder folder = run.begin("t1")) {
            folder.commit(trial);
        }
        RunDirectory again = RunDirectory.open(run.path());
        assertThat(again.trials()).containsExactly(trial);
        assertThat(again.manifest()).isEqualTo(run.manifest());
    }

    @Test
    void rawFactsOfATrialAreReadBack() throws IOException {
        RunDirectory run = run();
        RequestTiming request = new RequestTiming(
                3, 10, 11, new long[] {20, 30}, new int[] {1, 1}, 31, 5, 2, Outcome.COMPLETED, 200, null, 7, 3);
        SampleRecord sample = new SampleRecord(
                0,
                Map.of("prompt", "1+1="),
                "2",
                Map.of("gen_args_0", Map.of("arg_0", "1+1=")),
                List.of(List.of("2")),
                List.of("2"),
                "none",
                List.of("exact_match", "bleu"),
                "a",
                "b",
                "c",
                1,
                null,
                Map.of("exact_match", 1.0, "bleu", List.of(4.0, 5.0)));
        Histogram histogram = new Histogram(1_000, 3_600_000_000_000L, 3);
        histogram.recordValue(5_000_000);
        try (TrialFolder folder = run.begin("t1")) {
            folder.request(request);
            folder.sample("demo-arithmetic", sample);
            folder.histogram("ttft", histogram);
            folder.commit(parity("t1"));
        }
        assertThat(run.requests("t1"))
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(request);
        List<SampleRecord> whole = new ArrayList<>();
        run.forEachSample("t1", "demo-arithmetic", whole::add);
        assertThat(whole).containsExactly(sample);
        assertThat(run.samples("t1", "demo-arithmetic")).containsExactly(sample.slim());
        assertThat(run.samples("t1", "other")).isEmpty();
        try (HistogramLogReader reader =
                new HistogramLogReader(run.trialPath("t1").resolve("ttft.hlog").toFile())) {
            assertThat(reader.nextIntervalHistogram()).isEqualTo(histogram);
        }
        assertThat(Files.readString(run.trialPath("t1").resolve("samples_demo-arithmetic.jsonl")))
                .contains("\"filtered_resps\"", "\"doc_hash\"", "\"prompt_hash\"", "\"exact_match\":1.0");
        assertThat(sample.vector("exact_match")).containsExactly(1, 1);
        assertThat(sample.vector("bleu")).containsExactly(4, 5);
        assertThat(sample.vector("f1")).isNull();
    }

    private static ResponseRecord response(int id, String text) {
        return new ResponseRecord(
                id,
                "s" + id,
                "1+1=",
                List.of("2"),
                List.of(),
                "s" + id,
                Map.of("level", 3),
                "hash",
                List.of(new ResponseRecord.Reply(text, null, null, 4, 1, "stop", 5_000)),
                null,
                null);
    }

    @Test
    void responsesOfAnInterruptedTrialStayAndAHalfWrittenOneDoesNot() throws IOException {
        RunDirectory run = run();
        try (TrialFolder folder = run.begin("t1")) {
            folder.rules("sums", Map.of("version", 1));
            folder.response("sums", response(0, "2"));
            folder.response("sums", response(1, "3"));
            folder.telemetry(List.of());
        }
        Path partial = run.trialPath("t1").resolveSibling(".t1.partial");
        Files.writeString(partial.resolve("responses_sums.jsonl"), "{\"doc_id\":2,\"id\"", StandardOpenOption.APPEND);
        List<ResponseRecord> kept = new ArrayList<>();
        try (TrialFolder folder = run.begin("t1")) {
            folder.rules("sums", Map.of("version", 1));
            folder.forEachResponse("sums", kept::add);
            assertThat(kept).containsExactly(response(0, "2"), response(1, "3"));
            folder.response("sums", response(2, "x"));
            kept.clear();
            folder.forEachResponse("sums", kept::add);
            assertThat(kept).hasSize(3);
            folder.commit(parity("t1"));
        }
        kept.clear();
        run.forEachResponse("t1", "sums", kept::add);
        assertThat(kept).extracting(ResponseRecord::docId).containsExactly(0, 1, 2);
        assertThat(run.trialPath("t1").resolve("telemetry.jsonl")).doesNotExist();
    }

    @Test
    void samplesThatAreJudgedAgainTakeThePlaceOfTheOldOnesAsAWhole() {
        RunDirectory run = run();
        Trial trial =
                trial("t1", new Workload(Workload.Kind.EVALUATION, "evaluation"), 1, measurement("accuracy", 0.5));
        try (TrialFolder folder = run.begin("t1")) {
            folder.rules("sums", Map.of("version", 1));
            folder.response("sums", response(0, "2"));
            folder.sample("sums", judged(0));
            folder.scorerModels("sums", Map.of("toxicity", "small (sha256 12, 16 tokens)"));
            folder.commit(trial);
        }
        try (RunDirectory.NewSamples cut = run.rescore("t1", "sums")) {
            cut.add(judged(1));
        }
        assertThat(run.samples("t1", "sums")).extracting(SampleRecord::score).containsExactly(0.0);
        try (RunDirectory.NewSamples whole = run.rescore("t1", "sums")) {
            whole.add(judged(1));
            whole.commit(Map.of("version", 2), Map.of("toxicity", "large (sha256 34, 512 tokens)"));
        }
        run.renew(trial.withMeasurements(List.of(measurement("accuracy", 1))));
        assertThat(run.samples("t1", "sums")).extracting(SampleRecord::score).containsExactly(1.0);
        assertThat(run.scorerModelsFile("t1", "sums")).content().contains("large (sha256 34");
        try (RunDirectory.NewSamples without = run.rescore("t1", "sums")) {
            without.add(judged(1));
            without.commit(Map.of("version", 3), Map.of());
        }
        assertThat(run.scorerModelsFile("t1", "sums")).doesNotExist();
        assertThat(run.answeredTasks("t1")).containsExactly("sums");
        assertThat(RunDirectory.open(run.path()).trials())
                .singleElement()
                .satisfies(renewed -> assertThat(
                                renewed.measurement("accuracy").orElseThrow().value())
                        .isEqualTo(1));
    }

    private static SampleRecord judged(double score) {
        return new SampleRecord(
                0, Map.of(), "2", Map.of(), List.of(), List.of(), "none", List.of(), "h", "p", "t", score, null,
                Map.of());
    }

    @Test
    void responsesToOtherRulesAreAskedAgain() {
        RunDirectory run = run();
        try (TrialFolder folder = run.begin("t1")) {
            folder.rules("sums", Map.of("version", 1));
            folder.response("sums", response(0, "2"));
        }
        try (TrialFolder folder = run.begin("t1")) {
            folder.rules("sums", Map.of("version", 2));
            List<ResponseRecord> kept = new ArrayList<>();
            folder.forEachResponse("sums", kept::add);
            assertThat(kept).isEmpty();
        }
    }

    @Test
    void aRequestOfAVersionThatDidNotKeepTheAskedLengthIsReadAsAskingForNone() {
        String old = "{\"index\":3,\"intended_nanos\":10,\"sent_nanos\":11,\"chunk_nanos\":[20],\"chunk_tokens\":[1],"
                + "\"end_nanos\":31,\"prompt_tokens\":5,\"output_tokens\":1,\"outcome\":\"COMPLETED\",\"http_status\":200,"
                + "\"prompt_index\":7}";
        RequestTiming request = Json.read(old, RequestTiming.class, "requests.jsonl");
        assertThat(request.askedTokens()).isNull();
        assertThat(request.promptIndex()).isEqualTo(7);
        assertThat(Json.line(request)).isEqualTo(old);
    }

    @Test
    void aTrialKilledBeforeItsCommitIsNotThereAndCanBeBegunAgain() {
        RunDirectory run = run();
        run.begin("t1")
                .request(new RequestTiming(
                        0, 0, 0, new long[0], new int[0], 1, -1, -1, Outcome.FAILED_CONNECT, 0, "refused", 0, null));
        assertThat(RunDirectory.open(run.path()).trials()).isEmpty();
        try (TrialFolder folder = run.begin("t1")) {
            folder.commit(parity("t1"));
        }
        assertThat(run.trials()).hasSize(1);
        assertThat(run.requests("t1"))
                .as("facts of the interrupted attempt do not leak into the new one")
                .isEmpty();
    }

    @Test
    void aTrialRenamedButNotListedIsFoundByItsFolder() throws IOException {
        RunDirectory run = run();
        try (TrialFolder folder = run.begin("t1")) {
            folder.commit(parity("t1"));
        }
        Files.delete(run.path().resolve("trials.jsonl"));
        assertThat(run.trials()).containsExactly(parity("t1"));
    }

    @Test
    void aLineCutByAKillNeitherHidesItsTrialNorSwallowsTheNext() throws IOException {
        RunDirectory run = run();
        try (TrialFolder folder = run.begin("t1")) {
            folder.commit(parity("t1"));
        }
        Path lines = run.path().resolve("trials.jsonl");
        String whole = Files.readString(lines);
        Files.writeString(lines, whole.substring(0, whole.length() / 2), StandardOpenOption.TRUNCATE_EXISTING);
        try (TrialFolder folder = run.begin("t2")) {
            folder.commit(parity("t2"));
        }
        assertThat(run.trials()).extracting(Trial::id).containsExactlyInAnyOrder("t1", "t2");
    }

    @Test
    void aFinishedTrialIsNeverMeasuredTwice() {
        RunDirectory run = run();
        try (TrialFolder folder = run.begin("t1")) {
            folder.commit(parity("t1"));
        }
        assertThatThrownBy(() -> run.begin("t1"))
                .isInstanceOf(InvalidResultException.class)
                .hasMessageContaining("was measured already");
    }

    @Test
    void namesThatAreNoFileNamesAreRefused() {
        assertThatThrownBy(() -> RunDirectory.create(results, manifest("../evil")))
                .isInstanceOf(InvalidResultException.class)
                .hasMessageContaining("../evil");
        assertThatThrownBy(() -> run().begin("a/b")).isInstanceOf(InvalidResultException.class);
    }

    @Test
    void anExistingRunIsNotOverwritten() {
        run();
        assertThatThrownBy(this::run).isInstanceOf(InvalidResultException.class).hasMessageContaining("exists already");
    }

    @Test
    void aFolderWithoutManifestIsNoRun() {
        assertThatThrownBy(() -> RunDirectory.open(results))
                .isInstanceOf(InvalidResultException.class)
                .hasMessageContaining("manifest.json");
    }
}
