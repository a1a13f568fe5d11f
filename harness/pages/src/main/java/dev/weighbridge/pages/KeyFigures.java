package dev.weighbridge.pages;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.accuracy.AccuracyJudgement;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.results.Measurement;
import java.util.List;

/** The figures of a variant that a decision rests on, large enough to be read first. */
public final class KeyFigures {
    private static final List<Metric> METRICS = List.of(
            Metric.COST, Metric.ACCURACY, Metric.TTFT_P95, Metric.TPOT_P95, Metric.CAPACITY, Metric.TOKENS_AT_CAPACITY);

    private KeyFigures() {}

    /** The list of those that were measured. */
    public static Markup of(VariantView variant) {
        Markup html = new Markup().open("dl", "class", "key-figures");
        for (Metric metric : METRICS) {
            variant.figure(metric)
                    .ifPresent(figure -> html.append(
                            figure(metric, figure, metric.equals(Metric.ACCURACY) ? judgement(variant) : "")));
        }
        return html.close();
    }

    private static Markup figure(Metric metric, Measurement figure, String note) {
        Markup html = new Markup().open("div");
        html.element("dt", metric.equals(Metric.COST) ? "Cost per 1M output tokens" : metric.label());
        html.open("dd").element("span", metric.notation().withUnit(figure), "class", "value");
        metric.notation().interval(figure).ifPresent(both -> html.element("span", both, "class", "interval"));
        html.element("span", samples(metric, figure.samples()), "class", "interval");
        if (!note.isEmpty()) {
            html.element("span", note, "class", "interval");
        }
        return html.close().close();
    }

    private static String samples(Metric metric, long count) {
        String many = metric.samples();
        return Notation.count(count) + " " + (count == 1 ? many.substring(0, many.length() - 1) : many);
    }

    private static String judgement(VariantView variant) {
        AccuracyJudgement.Verdict verdict = variant.accuracy().verdict();
        return switch (verdict) {
            case NON_INFERIOR -> "non-inferior to the baseline";
            case INFERIOR -> "inferior to the baseline";
            case INCONCLUSIVE -> "not settled against the baseline";
            case BASELINE -> "this is the baseline";
            case NOT_ASKED, MISSING -> "not held against the baseline";
        };
    }
}
