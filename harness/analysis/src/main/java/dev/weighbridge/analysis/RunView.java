package dev.weighbridge.analysis;

import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.util.List;
import java.util.Optional;

/**
 * A run as every output shows it: its decision and its variants, best first. Made from the files of a run alone.
 *
 * @param manifest of the run
 * @param decision made from the trials below
 * @param rows every planned variant, in the order of the decision
 * @param trials every attempt on file, in the order in which they ended
 */
public record RunView(Manifest manifest, Decision decision, List<VariantView> rows, List<Trial> trials) {
    public RunView {
        rows = List.copyOf(rows);
        trials = List.copyOf(trials);
    }

    /**
     * Makes the view of a run as far as it has come.
     *
     * @throws dev.weighbridge.results.InvalidResultException when its files cannot be read
     */
    public static RunView of(RunDirectory run) {
        return RunAnalysis.view(run);
    }

    /** The row of that variant. */
    public Optional<VariantView> row(String variantId) {
        return rows.stream().filter(row -> row.variant().id().equals(variantId)).findFirst();
    }
}
