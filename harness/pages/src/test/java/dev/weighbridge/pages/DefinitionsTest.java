package dev.weighbridge.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.analysis.Metric;
import java.util.List;
import org.junit.jupiter.api.Test;

class DefinitionsTest {
    @Test
    void whatIsDefinedAlikeIsSaidOnce() {
        String html = Definitions.of(List.of(Metric.ACCURACY, Metric.TTFT_P50, Metric.TTFT_P95, Metric.TPOT_P50), "")
                .toString();
        assertThat(html).containsOnlyOnce("first output chunk minus intended send time");
        assertThat(html)
                .contains("<dt>Accuracy</dt>")
                .contains("<dt>TTFT p50, p95</dt>")
                .contains("<dt>TPOT p50</dt>");
    }
}
