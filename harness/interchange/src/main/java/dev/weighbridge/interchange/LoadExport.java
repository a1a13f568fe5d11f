package dev.weighbridge.interchange;

import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A load trial written as another tool would have written it, in that tool's definitions. */
public enum LoadExport {
    /** The JSON of {@code vllm bench serve --save-result --save-detailed}. */
    VLLM("vllm"),
    /** The benchmark report 0.2.1 of llm-d, as JSON, which is YAML too. */
    LLM_D("llm-d"),
    /** Lines as in the summary of MLPerf's LoadGen; no MLPerf result. */
    MLPERF("mlperf");

    private final String id;

    LoadExport(String id) {
        this.id = id;
    }

    /** The name on the command line. */
    public String id() {
        return id;
    }

    /** The format of that name, in whatever case. */
    public static LoadExport of(String id) {
        return Arrays.stream(values())
                .filter(format -> format.id.equals(id.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new InvalidResultException("there is no format '" + id + "' to export. There are "
                        + Arrays.stream(values()).map(LoadExport::id).toList()));
    }

    /**
     * The text of the file.
     *
     * @throws InvalidResultException when the trial is no load, or its requests cannot be read
     */
    public String text(RunDirectory run, Trial trial) {
        if (!trial.workload().kind().load() || trial.circumstances() == null) {
            throw new InvalidResultException("trial " + trial.id() + " is no load trial");
        }
        ExportedLoad load = ExportedLoad.read(run, trial);
        Manifest manifest = run.manifest();
        return switch (this) {
            case VLLM -> VllmBenchExport.text(manifest, trial, load);
            case LLM_D -> LlmdReport.text(manifest, trial, load);
            case MLPERF -> MlperfSummary.text(manifest, trial, load);
        };
    }

    /** The trials of a run that can be exported. */
    public static List<Trial> trials(RunDirectory run) {
        return run.trials().stream()
                .filter(trial -> trial.workload().kind().load() && trial.circumstances() != null)
                .toList();
    }
}
