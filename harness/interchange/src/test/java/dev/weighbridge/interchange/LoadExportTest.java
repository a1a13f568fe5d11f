package dev.weighbridge.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadExportTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private Path original = Path.of("");
    private RunDirectory run;

    @BeforeEach
    void importARun() throws URISyntaxException {
        original = Path.of(LoadExportTest.class
                .getResource("vllm-bench-0.33-chat-closed.json")
                .toURI());
        run = run(original, "first");
    }

    private RunDirectory run(Path file, String study) {
        List<RunImport.Source> sources = List.of(RunImport.Source.read(file));
        return new RunImport(
                        study,
                        Variant.outsideStudy(RunImport.modelOf(sources), "vllm", "bf16", "continuous", "unknown"),
                        new Manifest.Objectives(null, null, null, 0.99, 0))
                .write(sources, folder, Instant.parse("2026-11-26T21:00:00Z"));
    }

    private String exported(LoadExport format) {
        return format.text(run, run.trials().get(0));
    }

    @Test
    void whatWasImportedFromVllmIsExportedWithTheSameFigures() throws IOException {
        JsonNode theirs = JSON.readTree(original.toFile());
        JsonNode ours = JSON.readTree(exported(LoadExport.VLLM));

        for (String figure : List.of("ttft", "tpot", "itl")) {
            for (String statistic : List.of("mean", "median", "std", "p99")) {
                String name = statistic + "_" + figure + "_ms";
                assertThat(ours.path(name).asDouble())
                        .as(name)
                        .isCloseTo(theirs.path(name).asDouble(), within(1e-5));
            }
        }
        for (String name : List.of("completed", "failed", "total_input_tokens", "total_output_tokens")) {
            assertThat(ours.path(name)).as(name).isEqualTo(theirs.path(name));
        }
        assertThat(ours.path("request_rate").asText()).isEqualTo("inf");
    }

    @Test
    void whatIsExportedCanBeImportedAgain() throws IOException {
        Path file = folder.resolve("again.json");
        Files.writeString(file, exported(LoadExport.VLLM));
        Trial first = run.trials().get(0);
        Trial again = run(file, "again").trials().get(0);

        assertThat(again.measurement("tpot_p50").orElseThrow().value())
                .isEqualTo(first.measurement("tpot_p50").orElseThrow().value());
        assertThat(again.measurement("ttft_service_p99").orElseThrow().value())
                .isEqualTo(first.measurement("ttft_service_p99").orElseThrow().value());
    }

    @Test
    void theReportOfLlmdHasTheFiguresInItsPlaces() throws IOException {
        JsonNode report = JSON.readTree(exported(LoadExport.LLM_D));
        JsonNode theirs = JSON.readTree(original.toFile());

        assertThat(report.path("version").asText()).isEqualTo("0.2.1");
        JsonNode aggregate = report.at("/results/request_performance/aggregate");
        assertThat(aggregate.at("/requests/total").asInt()).isEqualTo(24);
        assertThat(aggregate.at("/latency/time_to_first_token/p50").asDouble() * 1e3)
                .isCloseTo(theirs.path("median_ttft_ms").asDouble(), within(1e-5));
        assertThat(aggregate.at("/latency/time_to_first_token/units").asText()).isEqualTo("s");
        assertThat(aggregate.at("/throughput/output_token_rate/mean").asDouble())
                .isCloseTo(theirs.path("output_throughput").asDouble(), within(5.0));
        assertThat(report.at("/scenario/load/standardized/input_seq_len/distribution")
                        .asText())
                .isEqualTo("other");
    }

    @Test
    void theSummarySaysThatItIsNoMlperfResult() {
        assertThat(exported(LoadExport.MLPERF))
                .startsWith("This is not an MLPerf result")
                .containsPattern("Completed tokens per second +: \\d+\\.\\d\\d")
                .containsPattern("99\\.00 percentile first token latency \\(ns\\) +: \\d+\n")
                .contains("Result is : VALID");
    }

    @Test
    void anUnknownFormatIsToldWithTheKnownOnes() {
        assertThat(LoadExport.of("LLM-D")).isEqualTo(LoadExport.LLM_D);
        assertThatThrownBy(() -> LoadExport.of("xml"))
                .isInstanceOf(InvalidResultException.class)
                .hasMessageContaining("[vllm, llm-d, mlperf]");
    }

    @Test
    void mergedHistogramsHoldTheValuesOfAll() {
        Path log = run.trialPath(run.trials().get(0).id()).resolve("ttft.hlog");
        HistogramLogs one = HistogramLogs.merge(List.of(log));
        HistogramLogs two = HistogramLogs.merge(List.of(log, log));
        two.write(folder.resolve("two.hlog"));

        assertThat(one.count()).isEqualTo(24);
        assertThat(two.count()).isEqualTo(48);
        assertThat(two.percentile(50)).isEqualTo(one.percentile(50));
        assertThat(HistogramLogs.merge(List.of(folder.resolve("two.hlog"))).count())
                .isEqualTo(48);
    }

    @Test
    void aFileThatIsNoHistogramLogIsNamed() throws IOException {
        Path text = folder.resolve("text.hlog");
        Files.writeString(text, "no histogram\n");
        assertThatThrownBy(() -> HistogramLogs.merge(List.of(text)))
                .isInstanceOf(InvalidResultException.class)
                .hasMessageContaining("text.hlog");
        assertThatThrownBy(() -> HistogramLogs.merge(List.of(folder.resolve("none.hlog"))))
                .isInstanceOf(InvalidResultException.class);
    }
}
