package dev.weighbridge.analysis;

import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.results.Measurement;
import java.util.Optional;

/** A column of the results table: one figure of a variant. */
public enum FigureColumn {
    ACCURACY("accuracy", "Accuracy", "%", Notation.PERCENT),
    ACCURACY_DIFFERENCE("accuracy_difference", "Δ accuracy", "pp", Notation.POINTS),
    TTFT_P50("ttft_p50", "TTFT p50", "ms", Notation.MILLIS),
    TTFT_P95("ttft_p95", "TTFT p95", "ms", Notation.MILLIS),
    TTFT_P99("ttft_p99", "TTFT p99", "ms", Notation.MILLIS),
    TPOT_P50("tpot_p50", "TPOT p50", "ms", Notation.MILLIS),
    TPOT_P95("tpot_p95", "TPOT p95", "ms", Notation.MILLIS),
    OUTPUT_RATE("output_tokens_per_s", "Output", "tokens/s", Notation.RATE),
    GOODPUT("goodput", "Goodput", "%", Notation.PERCENT),
    COST("usd_per_1m_output_tokens", "Cost", "$ / 1M out", Notation.USD);

    private final String key;
    private final String label;
    private final String unit;
    private final Notation notation;

    FigureColumn(String key, String label, String unit, Notation notation) {
        this.key = key;
        this.label = label;
        this.unit = unit;
        this.notation = notation;
    }

    /** Key of the figure in {@link VariantSummary#figures}. */
    public String key() {
        return key;
    }

    /** Heading without the unit. */
    public String label() {
        return label;
    }

    /** Unit as it stands under the heading. */
    public String unit() {
        return unit;
    }

    public Notation notation() {
        return notation;
    }

    /** The figure of a row; empty when it was not measured. */
    public Optional<Measurement> of(VariantSummary row) {
        return row.figure(key);
    }
}
