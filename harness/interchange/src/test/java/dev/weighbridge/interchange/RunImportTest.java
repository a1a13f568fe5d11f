package dev.weighbridge.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files were written by the tools themselves, against this project's server with the demo model. */
class RunImportTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-11-26T21:00:00Z");
    private static final Manifest.Objectives NONE = new Manifest.Objectives(null, null, null, 0.99, 0);

    @TempDir
    Path folder;

    private static Path file(String name) {
        try {
            return Path.of(RunImportTest.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private RunDirectory imported(Path... files) {
        List<RunImport.Source> all =
                Stream.of(files).map(RunImport.Source::read).toList();
        return new RunImport("elsewhere", Variant.outsideStudy("demo", "vllm", "bf16", "continuous", "unknown"), NONE)
                .write(all, folder.resolve("results"), NOW);
    }

    private static Trial only(RunDirectory run) {
        assertThat(run.trials()).hasSize(1);
        return run.trials().get(0);
    }

    private static double value(Trial trial, String figure) {
        return trial.measurement(figure).orElseThrow().value();
    }

    private static List<String> refused(Trial trial) {
        return trial.flags().stream()
                .filter(flag -> flag.code() == Reason.Code.FIGURE_REFUSED)
                .flatMap(flag -> Stream.of(flag.subject().split(":", 2)[0].split(", ")))
                .sorted()
                .toList();
    }

    @Test
    void figuresOfVllmAreItsOwnWhereTheDefinitionsAgree() throws IOException {
        Path file = file("vllm-bench-0.33-chat-closed.json");
        JsonNode theirs = JSON.readTree(file.toFile());
        Trial trial = only(imported(file));

        assertThat(trial.id()).isEqualTo("demo~vllm~bf16~continuous~concurrency-2~1");
        assertThat(trial.workload().kind()).isEqualTo(Workload.Kind.LOAD_CLOSED);
        assertThat(trial.status()).isEqualTo(Trial.Status.COMPLETED);
        // Histograms keep three digits, and their percentiles are values that were seen.
        assertThat(value(trial, "ttft_service_p99"))
                .isCloseTo(max(theirs.path("ttfts")) * 1e3, within(0.002 * max(theirs.path("ttfts")) * 1e3));
        assertThat(trial.measurement("tpot_p50").orElseThrow().value())
                .isCloseTo(theirs.path("median_tpot_ms").asDouble(), within(0.02));
        assertThat(value(trial, "achieved_rate"))
                .isCloseTo(theirs.path("request_throughput").asDouble(), within(0.5));
        assertThat(value(trial, "output_tokens_per_s"))
                .isCloseTo(theirs.path("output_throughput").asDouble(), within(4.0));
        assertThat(value(trial, "output_tokens_mean")).isEqualTo(8);
        assertThat(refused(trial)).containsExactly("schedule_delay");
        assertThat(trial.measurement("schedule_delay_p50")).isEmpty();
        assertThat(trial.flags().get(trial.flags().size() - 2).subject())
                .startsWith("vllm bench serve, vllm-bench-0.33");
    }

    private static double max(JsonNode array) {
        double max = 0;
        for (JsonNode value : array) {
            max = Math.max(max, value.asDouble());
        }
        return max;
    }

    @Test
    void latenciesThatCountFromElsewhereAreLeftOut() {
        RunDirectory run = imported(file("vllm-bench-0.33-completions-rate.json"));
        Trial trial = only(run);

        assertThat(trial.workload().kind()).isEqualTo(Workload.Kind.LOAD_OPEN);
        // This server ends a completion with a chunk of its own, so that chunks and tokens differ.
        assertThat(refused(trial))
                .containsExactly("e2e", "goodput", "itl", "schedule_delay", "tpot", "ttft", "ttft_service");
        assertThat(trial.measurements())
                .extracting(Measurement::definition)
                .doesNotContain("ttft", "e2e", "goodput", "good_tokens_per_s", "tpot")
                .contains("achieved_rate", "output_tokens_per_s", "failed_share");
        assertThat(Files.exists(run.trialPath(trial.id()).resolve("ttft.hlog"))).isFalse();
    }

    @Test
    void guideLlmsRequestsCountFromTheirSchedule() throws IOException {
        Path file = file("guidellm-0.8-poisson.json");
        RunDirectory run = imported(file);
        Trial trial = only(run);
        JsonNode benchmark = JSON.readTree(file.toFile()).path("benchmarks").path(0);

        assertThat(trial.id()).endsWith("~poisson-15.0~1");
        assertThat(trial.workload().kind()).isEqualTo(Workload.Kind.LOAD_OPEN);
        assertThat(refused(trial)).containsExactly("itl");
        double longest = 0;
        double longestTpot = 0;
        for (JsonNode request : benchmark.path("requests").path("successful")) {
            JsonNode timings = request.path("info").path("timings");
            double first = timings.path("first_token_iteration").asDouble();
            longest = Math.max(longest, first - timings.path("targeted_start").asDouble());
            longestTpot =
                    Math.max(longestTpot, (timings.path("last_token_iteration").asDouble() - first) / 7);
        }
        assertThat(value(trial, "ttft_max")).isCloseTo(longest * 1e3, within(longest * 2));
        assertThat(value(trial, "tpot_max")).isCloseTo(longestTpot * 1e3, within(longestTpot * 2));
        assertThat(run.requests(trial.id())).hasSize(14);
    }

    @Test
    void aiPerfsRecordsKeepEveryChunk() {
        RunDirectory run = imported(file("aiperf-0.13-records.jsonl"));
        Trial trial = only(run);

        assertThat(refused(trial)).isEmpty();
        assertThat(run.requests(trial.id()))
                .hasSize(12)
                .allSatisfy(request -> assertThat(request.chunkNanos()).hasSize(8))
                .allSatisfy(request -> assertThat(request.outputTokens()).isEqualTo(8))
                .isSortedAccordingTo(Comparator.comparingLong(request -> request.intendedNanos()));
        assertThat(value(trial, "schedule_delay_max")).isPositive();
        assertThat(value(trial, "itl_p50")).isNotNegative();
    }

    @Test
    void aRequestThatAiPerfCallsFailedKeepsItsKind() throws IOException {
        List<String> lines = Files.readAllLines(file("aiperf-0.13-records.jsonl"));
        ObjectNode refusedRecord = (ObjectNode) JSON.readTree(lines.get(0));
        refusedRecord
                .putObject("error")
                .put("code", 429)
                .put("type", "Too Many Requests")
                .put("message", "slow <down>");
        Path file = folder.resolve("records.jsonl");
        Files.writeString(file, refusedRecord + "\n" + lines.get(1) + "\n");
        RunDirectory run = imported(file);

        assertThat(run.requests(only(run).id())).anySatisfy(request -> {
            assertThat(request.outcome()).isEqualTo(Outcome.REJECTED);
            assertThat(request.detail()).isEqualTo("Too Many Requests: slow <down>");
        });
        assertThat(value(only(run), "failed_share")).isEqualTo(0.5);
    }

    @Test
    void severalFilesAreScenariosOfOneVariant() {
        RunDirectory run = imported(
                file("vllm-bench-0.33-chat-closed.json"),
                file("vllm-bench-0.33-chat-closed.json"),
                file("guidellm-0.8-poisson.json"));

        assertThat(run.manifest().plan().scenarios())
                .containsExactly("concurrency-2", "concurrency-2-2", "poisson-15.0");
        assertThat(RunDirectory.open(run.path()).trials()).hasSize(3);
    }

    @Test
    void theModelIsTheOneThatTheFileNames() {
        assertThat(RunImport.modelOf(List.of(RunImport.Source.read(file("vllm-bench-0.33-chat-closed.json")))))
                .isEqualTo("weighbridge-demo");
        List<RunImport.Source> nameless = List.of(RunImport.Source.read(file("aiperf-0.13-records.jsonl")));
        assertThatThrownBy(() -> RunImport.modelOf(nameless))
                .isInstanceOf(InvalidResultException.class)
                .hasMessageContaining("--model");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | is empty",
                "{ | is not JSON",
                "{\"a\": 1} | is of no known format",
                "{\"duration\": 1, \"completed\": 1, \"request_throughput\": 1} | --save-detailed",
                "{\"aiperf_version\": \"0.13\"} | profile_export.jsonl",
                "{\"metadata\": {\"guidellm_version\": \"9\", \"version\": 3}, \"benchmarks\": []} | metadata.version 3"
            })
    void aFileThatCannotBeReadIsNamedWithTheRemedy(String content, String message) throws IOException {
        Path file = folder.resolve("foreign.json");
        Files.writeString(file, content);
        assertThatThrownBy(() -> imported(file))
                .isInstanceOf(InvalidResultException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void arraysThatDoNotFitTogetherAreRefused() throws IOException {
        ObjectNode root = (ObjectNode)
                JSON.readTree(file("vllm-bench-0.33-chat-closed.json").toFile());
        ((ArrayNode) root.path("ttfts")).remove(0);
        Path file = folder.resolve("short.json");
        Files.writeString(file, root.toString());
        assertThatThrownBy(() -> imported(file)).hasMessageContaining("has 23 entries in ttfts and 24 in start_times");
    }

    @Test
    void aSampleOfGuideLlmsRequestsIsNotTakenForAllOfThem() throws IOException {
        ObjectNode root =
                (ObjectNode) JSON.readTree(file("guidellm-0.8-poisson.json").toFile());
        ((ArrayNode) root.at("/benchmarks/0/requests/successful")).remove(3);
        Path file = folder.resolve("sample.json");
        Files.writeString(file, root.toString());
        assertThatThrownBy(() -> imported(file)).hasMessageContaining("keeps 13 of 14 successful requests");
    }
}
