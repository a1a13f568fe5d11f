package dev.weighbridge.reports;

import dev.weighbridge.analysis.Opinions;
import dev.weighbridge.analysis.RunView;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.analysis.text.VariantNames;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.reports.charts.ChartRow;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything that a report of a run says, read from its files once.
 *
 * @param path of the run directory
 * @param manifest of the run
 * @param trials in the order in which they ended
 * @param decision as its files say
 * @param rows best first
 * @param names short name by variant id
 * @param tasks accuracy by task
 * @param curves latency by offered rate of the most telling variants
 * @param opinions of judges and users
 */
record RunFacts(
        Path path,
        Manifest manifest,
        List<Trial> trials,
        Optional<Decision> decision,
        List<VariantView> rows,
        Map<String, String> names,
        TaskTable tasks,
        LoadCurves curves,
        Opinions opinions) {

    static RunFacts read(RunDirectory run) {
        RunView view = RunView.of(run);
        List<Trial> trials = view.trials();
        List<VariantView> rows = view.rows();
        Map<String, String> names = VariantNames.of(run.manifest().variants());
        return new RunFacts(
                run.path(),
                run.manifest(),
                trials,
                Optional.of(view.decision()),
                rows,
                names,
                TaskTable.of(run, trials),
                LoadCurves.of(run.manifest(), trials, rows, names),
                Opinions.of(run));
    }

    /** One line on the variants whose answers depend on the processor by more than rounding, if there are any. */
    Optional<String> numerics() {
        Set<String> notes = new TreeSet<>();
        for (Trial trial : trials) {
            String note = trial.engine().get(EngineInfo.NUMERICS);
            if (note != null) {
                notes.add(SafeText.clean(trial.variant().engine(), SafeText.SHORT) + ", " + SafeText.clean(note));
            }
        }
        return notes.isEmpty()
                ? Optional.empty()
                : Optional.of("Answers that depend on the processor: " + String.join("; ", notes) + ".");
    }

    String name(Variant variant) {
        return name(variant.id());
    }

    /** Short name of a variant; its id when the manifest does not know it. */
    String name(String variantId) {
        return names.getOrDefault(variantId, variantId);
    }

    List<ChartRow> chartRows() {
        return rows.stream().map(row -> new ChartRow(name(row.variant()), row)).toList();
    }

    List<VariantView> valid() {
        return rows.stream().filter(VariantView::valid).toList();
    }

    List<VariantView> notValid() {
        return rows.stream().filter(row -> !row.valid()).toList();
    }

    Optional<VariantView> chosen() {
        return decision.flatMap(d ->
                rows.stream().filter(r -> r.variant().id().equals(d.chosen())).findFirst());
    }
}
