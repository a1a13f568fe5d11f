package dev.weighbridge.analysis.decide;

import dev.weighbridge.analysis.RunSummary;
import dev.weighbridge.analysis.VariantSummary;
import dev.weighbridge.analysis.accuracy.PairedComparison;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Names the cheapest variant that meets the objectives and is no worse than the baseline, and says of every other one why
 * not. A pure function of a run's files.
 */
public final class Decider {
    private static final String TASK_DIFFERENCE = "accuracy_difference:";

    private final RunSummary summary;
    private final Manifest.Objectives objectives;

    private Decider(RunSummary summary) {
        this.summary = summary;
        this.objectives = summary.manifest().objectives();
    }

    /** Decides from a run directory; writes nothing. */
    public static Decision decide(RunDirectory run) {
        return decide(RunSummary.of(run));
    }

    /** Decides from a summary. */
    public static Decision decide(RunSummary summary) {
        return new Decider(summary).decision();
    }

    /** A variant with what speaks against it. */
    private record Judged(
            VariantSummary row,
            Decision.Verdict verdict,
            List<String> reasons,
            @Nullable Measurement cost) {}

    private Decision decision() {
        List<Judged> judged = summary.rows().stream().map(this::judge).toList();
        Optional<Judged> cheapest = judged.stream()
                .filter(j -> j.verdict() == Decision.Verdict.CHOSEN && j.cost() != null)
                .min(Comparator.comparingDouble(Decider::price)
                        .thenComparing(j -> j.row().variant().id()));
        List<Decision.Candidate> candidates = new ArrayList<>();
        for (Judged variant : judged) {
            candidates.add(candidate(variant, cheapest.orElse(null)));
        }
        candidates.sort(Comparator.comparing(Decision.Candidate::verdict)
                .thenComparingDouble(c -> c.usdPerMillionOutputTokens() == null
                        ? Double.MAX_VALUE
                        : c.usdPerMillionOutputTokens().value()));
        boolean open = candidates.stream().anyMatch(c -> c.verdict() == Decision.Verdict.INCONCLUSIVE);
        boolean tied = candidates.stream().anyMatch(c -> c.verdict() == Decision.Verdict.TIED);
        Decision.Outcome outcome = cheapest.isPresent()
                ? tied ? Decision.Outcome.TIED : Decision.Outcome.DECIDED
                : open ? Decision.Outcome.INCONCLUSIVE : Decision.Outcome.NONE_QUALIFIES;
        Manifest manifest = summary.manifest();
        return new Decision(
                Decision.SCHEMA_VERSION,
                manifest.study(),
                manifest.runId(),
                outcome,
                cheapest.map(c -> c.row().variant().id()).orElse(null),
                text(outcome, cheapest.orElse(null), candidates),
                objectives,
                manifest.prices().name(),
                manifest.prices().date(),
                candidates);
    }

    /** What one variant's own figures say; {@code CHOSEN} stands for "qualifies" until the costs are compared. */
    private Judged judge(VariantSummary row) {
        Measurement cost = row.figure("usd_per_1m_output_tokens").orElse(null);
        if (row.status() != Trial.Status.COMPLETED) {
            List<String> reasons = row.reasons().isEmpty() ? List.of("not measured") : row.reasons();
            return new Judged(row, Decision.Verdict.NOT_RANKED, reasons, cost);
        }
        List<String> against = new ArrayList<>();
        List<String> open = new ArrayList<>();
        judgeGoodput(row, against);
        judgeAccuracy(row, against, open);
        if (cost == null && against.isEmpty()) {
            against.add("no measured load met the objectives, so it has no price");
        }
        if (!against.isEmpty()) {
            return new Judged(row, Decision.Verdict.DISQUALIFIED, against, cost);
        }
        return open.isEmpty()
                ? new Judged(row, Decision.Verdict.CHOSEN, List.of(), cost)
                : new Judged(row, Decision.Verdict.INCONCLUSIVE, open, cost);
    }

    private void judgeGoodput(VariantSummary row, List<String> against) {
        Optional<Measurement> goodput = row.figure("goodput");
        if (goodput.isPresent() && goodput.get().value() < objectives.goodputShare()) {
            against.add(String.format(
                    Locale.ROOT,
                    "goodput %.1f %% is under %.1f %% (%s)%s",
                    goodput.get().value() * 100,
                    objectives.goodputShare() * 100,
                    objectivesText(),
                    row.figure("ttft_p99")
                            .map(m -> String.format(Locale.ROOT, "; p99 TTFT %.0f ms", m.value()))
                            .orElse("")));
        }
    }

    /** Held to the margin over all samples together; and on no single task may the loss surely be larger than it. */
    private void judgeAccuracy(VariantSummary row, List<String> against, List<String> open) {
        if (row.variant().id().equals(summary.manifest().baseline())) {
            return;
        }
        double margin = objectives.accuracyMargin();
        row.figures().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(TASK_DIFFERENCE))
                .sorted(Map.Entry.comparingByKey())
                .filter(entry -> high(entry.getValue()) < -margin)
                .forEach(entry -> against.add("on " + entry.getKey().substring(TASK_DIFFERENCE.length()) + " "
                        + difference(row, ":" + entry.getKey().substring(TASK_DIFFERENCE.length()), entry.getValue())
                        + ": inferior"));
        Optional<Measurement> pooled = row.figure("accuracy_difference");
        if (pooled.isEmpty()) {
            return;
        }
        Measurement d = pooled.get();
        if (high(d) < -margin) {
            against.add(difference(row, "", d) + ": inferior");
        } else if (low(d) <= -margin) {
            long toWrong =
                    row.figure("flips_to_wrong").map(m -> Math.round(m.value())).orElse(0L);
            long toRight =
                    row.figure("flips_to_right").map(m -> Math.round(m.value())).orElse(0L);
            open.add(difference(row, "", d) + ": inconclusive, about "
                    + new PairedComparison(d.samples(), toRight, toWrong).samplesToSettle(margin)
                    + " samples would settle it");
        }
    }

    private String difference(VariantSummary row, String scope, Measurement d) {
        return String.format(
                Locale.ROOT,
                "accuracy %s differs from the baseline's by %+.1f points [%+.1f, %+.1f], margin %.1f",
                row.figure("accuracy" + scope)
                        .map(m -> String.format(Locale.ROOT, "%.1f %%", m.value() * 100))
                        .orElse("?"),
                d.value() * 100,
                low(d) * 100,
                high(d) * 100,
                objectives.accuracyMargin() * 100);
    }

    private static double low(Measurement measurement) {
        return measurement.low() == null ? measurement.value() : measurement.low();
    }

    private static double high(Measurement measurement) {
        return measurement.high() == null ? measurement.value() : measurement.high();
    }

    private Decision.Candidate candidate(Judged judged, @Nullable Judged cheapest) {
        String id = judged.row().variant().id();
        if (judged.verdict() != Decision.Verdict.CHOSEN || cheapest == null || judged.cost() == null) {
            return new Decision.Candidate(id, judged.verdict(), judged.reasons(), judged.cost());
        }
        if (id.equals(cheapest.row().variant().id())) {
            return new Decision.Candidate(
                    id,
                    Decision.Verdict.CHOSEN,
                    List.of("cheapest variant that meets the objectives: " + usd(judged.cost())),
                    judged.cost());
        }
        double ratio = price(judged) / price(cheapest);
        boolean tied = overlap(judged.cost(), cheapest.cost());
        String reason = String.format(
                Locale.ROOT,
                "%s, %.2f times the chosen one's%s",
                usd(judged.cost()),
                ratio,
                tied ? "; the difference is inside the interval" : "");
        return new Decision.Candidate(
                id, tied ? Decision.Verdict.TIED : Decision.Verdict.DEARER, List.of(reason), judged.cost());
    }

    private String text(Decision.Outcome outcome, @Nullable Judged chosen, List<Decision.Candidate> candidates) {
        return switch (outcome) {
            case DECIDED, TIED -> {
                long tied = candidates.stream()
                        .filter(c -> c.verdict() == Decision.Verdict.TIED)
                        .count();
                yield "Deploy " + (chosen == null ? "?" : chosen.row().variant().id()) + " at "
                        + (chosen == null || chosen.cost() == null ? "?" : usd(chosen.cost())) + "."
                        + (tied == 0
                                ? ""
                                : " " + tied + (tied == 1 ? " other variant is" : " other variants are")
                                        + " inside its interval of cost, so another run may name one of them.");
            }
            case INCONCLUSIVE ->
                "No variant surely qualifies: what was measured leaves the accuracy of at least one open. Ask more samples.";
            case NONE_QUALIFIES -> "No variant meets the objectives (" + objectivesText() + ").";
        };
    }

    private String objectivesText() {
        List<String> limits = new ArrayList<>();
        addLimit(limits, "TTFT", objectives.ttftMillis());
        addLimit(limits, "TPOT", objectives.tpotMillis());
        addLimit(limits, "E2E", objectives.e2eMillis());
        return limits.isEmpty() ? "every request completed" : String.join(", ", limits);
    }

    private static void addLimit(List<String> limits, String name, @Nullable Double millis) {
        if (millis != null) {
            limits.add(String.format(Locale.ROOT, "%s at most %.0f ms", name, millis));
        }
    }

    private static double price(Judged judged) {
        return judged.cost() == null ? Double.MAX_VALUE : judged.cost().value();
    }

    private static String usd(Measurement cost) {
        return cost.low() == null || cost.high() == null
                ? String.format(Locale.ROOT, "$%.4g per 1 M output tokens", cost.value())
                : String.format(
                        Locale.ROOT, "$%.4g [%.4g, %.4g] per 1 M output tokens", cost.value(), cost.low(), cost.high());
    }

    private static boolean overlap(@Nullable Measurement left, @Nullable Measurement right) {
        if (left == null || right == null || left.low() == null || right.high() == null) {
            return false;
        }
        return left.low() <= right.high();
    }
}
