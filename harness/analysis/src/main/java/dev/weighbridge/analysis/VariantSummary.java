package dev.weighbridge.analysis;

import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One row of a results table: a variant with its figures over all of its trials and repeats.
 *
 * @param variant of the row
 * @param status worst status among its trials that matter for ranking
 * @param reasons why it is not {@code COMPLETED}, without duplicates
 * @param figures by key; see {@link RunSummary} for the keys
 */
public record VariantSummary(
        Variant variant, Trial.Status status, List<String> reasons, Map<String, Measurement> figures) {
    public VariantSummary {
        reasons = List.copyOf(reasons);
        figures = Map.copyOf(figures);
    }

    public Optional<Measurement> figure(String key) {
        return Optional.ofNullable(figures.get(key));
    }
}
