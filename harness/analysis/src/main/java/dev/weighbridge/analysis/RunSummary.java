package dev.weighbridge.analysis;

import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A run as one table: a row a variant, computed from its manifest and trials alone.
 *
 * <p>Keys of {@link VariantSummary#figures}: {@code accuracy} (mean over all samples of all tasks),
 * {@code accuracy_difference} (paired, against the baseline), {@code accuracy:<task>}; from the open-loop scenario
 * {@code ttft_p50 ttft_p95 ttft_p99 tpot_p50 tpot_p95 e2e_p95 goodput achieved_rate}; and, from the highest measured load
 * that met the objectives, {@code output_tokens_per_s} and {@code usd_per_1m_output_tokens}; {@code kl_divergence} and
 * {@code top1_agreement} from parity. With several repeats a figure is the mean of the repeats.
 *
 * @param manifest of the run
 * @param rows in the order of the plan
 */
public record RunSummary(Manifest manifest, List<VariantSummary> rows) {
    private static final List<String> OPEN_LOOP_FIGURES =
            List.of("ttft_p50", "ttft_p95", "ttft_p99", "tpot_p50", "tpot_p95", "e2e_p95", "goodput", "achieved_rate");
    private static final double SECONDS_PER_HOUR = 3600;
    private static final double TOKENS_PER_MILLION = 1e6;

    public RunSummary {
        rows = List.copyOf(rows);
    }

    /** The row of that variant. */
    public Optional<VariantSummary> row(String variantId) {
        return rows.stream().filter(row -> row.variant().id().equals(variantId)).findFirst();
    }

    /** The table of a run as far as it has come. */
    public static RunSummary of(RunDirectory run) {
        return of(run.manifest(), run.trials());
    }

    /** Puts the trials of a run together, one row for each planned variant. */
    public static RunSummary of(Manifest manifest, List<Trial> trials) {
        Map<String, List<Trial>> byVariant = trials.stream()
                .collect(Collectors.groupingBy(t -> t.variant().id(), LinkedHashMap::new, Collectors.toList()));
        List<VariantSummary> rows = new ArrayList<>();
        for (Variant variant : manifest.variants()) {
            rows.add(summarize(manifest, variant, byVariant.getOrDefault(variant.id(), List.of())));
        }
        return new RunSummary(manifest, rows);
    }

    private static VariantSummary summarize(Manifest manifest, Variant variant, List<Trial> trials) {
        Map<String, Measurement> figures = new LinkedHashMap<>();
        for (Trial trial : trials) {
            if (trial.workload().kind() == Workload.Kind.EVALUATION
                    || trial.workload().kind() == Workload.Kind.PARITY) {
                trial.measurements()
                        .forEach(m -> figures.put(m.scope().isEmpty() ? m.name() : m.name() + ":" + m.scope(), m));
            }
        }
        List<Trial> open = measured(trials, Workload.Kind.LOAD_OPEN);
        for (String name : OPEN_LOOP_FIGURES) {
            Repeats.combine(named(open, name)).ifPresent(m -> figures.put(name, m));
        }
        capacity(manifest.objectives(), trials).ifPresent(rate -> {
            figures.put("output_tokens_per_s", rate);
            Double price = manifest.prices().usdPerHour().get(variant.hardware());
            if (price != null) {
                figures.put("usd_per_1m_output_tokens", cost(price, rate));
            }
        });
        Trial.Status status = trials.isEmpty() ? Trial.Status.SKIPPED : Trial.Status.COMPLETED;
        Set<String> reasons = new LinkedHashSet<>();
        for (Trial trial : trials) {
            status = worse(status, trial.status());
            trial.reasons().forEach(reason -> reasons.add(trial.workload().name() + ": " + reason));
        }
        if (trials.isEmpty()) {
            reasons.add("not measured yet");
        }
        return new VariantSummary(variant, status, List.copyOf(reasons), figures);
    }

    /** Output tokens a second at the highest measured load whose goodput kept the study's share. */
    private static Optional<Measurement> capacity(Manifest.Objectives objectives, List<Trial> trials) {
        Map<String, List<Trial>> byScenario = trials.stream()
                .filter(t -> t.workload().kind().load() && t.status() == Trial.Status.COMPLETED)
                .collect(Collectors.groupingBy(t -> t.workload().name(), LinkedHashMap::new, Collectors.toList()));
        Measurement best = null;
        for (List<Trial> repeats : byScenario.values()) {
            Optional<Measurement> goodput = Repeats.combine(named(repeats, "goodput"));
            Optional<Measurement> rate = Repeats.combine(named(repeats, "output_tokens_per_s"));
            boolean good = goodput.isPresent() && goodput.get().value() >= objectives.goodputShare();
            if (good && rate.isPresent() && (best == null || rate.get().value() > best.value())) {
                best = rate.get();
            }
        }
        return Optional.ofNullable(best);
    }

    /** Price of a million output tokens: price an hour / 3600 / tokens a second × 10⁶. */
    private static Measurement cost(double usdPerHour, Measurement tokensPerSecond) {
        Function<Double, Double> usd = rate -> usdPerHour / SECONDS_PER_HOUR / rate * TOKENS_PER_MILLION;
        Double rateLow = tokensPerSecond.low();
        Double rateHigh = tokensPerSecond.high();
        boolean bounded = rateLow != null && rateHigh != null && rateLow > 0;
        return new Measurement(
                "usd_per_1m_output_tokens",
                "",
                "usd_per_1m_output_tokens",
                usd.apply(tokensPerSecond.value()),
                "USD",
                tokensPerSecond.samples(),
                bounded ? usd.apply(Objects.requireNonNull(rateHigh)) : null,
                bounded ? usd.apply(Objects.requireNonNull(rateLow)) : null,
                tokensPerSecond.uncertain());
    }

    private static List<Trial> measured(List<Trial> trials, Workload.Kind kind) {
        return trials.stream()
                .filter(t -> t.workload().kind() == kind && !t.measurements().isEmpty())
                .toList();
    }

    private static List<Measurement> named(List<Trial> trials, String name) {
        return trials.stream().flatMap(t -> t.measurement(name).stream()).toList();
    }

    private static Trial.Status worse(Trial.Status left, Trial.Status right) {
        return severity(left) >= severity(right) ? left : right;
    }

    private static int severity(Trial.Status status) {
        return switch (status) {
            case COMPLETED -> 0;
            case SKIPPED -> 1;
            case INVALID -> 2;
            case FAILED -> 3;
        };
    }
}
