package dev.weighbridge.interchange;

import java.nio.file.Path;
import java.util.List;

/** The result file of another load generator. */
interface ForeignFormat {
    /** How the format is named on the command line. */
    String id();

    /** Whether a file with this content may be one. */
    boolean recognises(ForeignFile file);

    /**
     * Reads the loads of a file.
     *
     * @throws dev.weighbridge.results.InvalidResultException when it is not what the format says, or lacks what is needed
     */
    List<ForeignLoad> read(ForeignFile file);

    /** All formats. */
    static List<ForeignFormat> all() {
        return List.of(new VllmBench(), new GuideLlm(), new AiPerf());
    }

    /**
     * Reads a file of any known format.
     *
     * @throws dev.weighbridge.results.InvalidResultException when it is of none, or damaged
     */
    static List<ForeignLoad> readAny(Path path) {
        ForeignFile file = ForeignFile.open(path);
        return all().stream()
                .filter(format -> format.recognises(file))
                .findFirst()
                .orElseThrow(() -> file.invalid("is of no known format. Known are the JSON of 'vllm bench serve"
                        + " --save-result --save-detailed', GuideLLM's JSON report and AIPerf's profile_export.jsonl"))
                .read(file);
    }
}
