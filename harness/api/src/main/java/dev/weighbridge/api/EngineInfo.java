package dev.weighbridge.api;

import java.util.Map;

/**
 * What was really opened, as the engine resolved it.
 *
 * @param engineId id of the provider
 * @param version of the engine's library
 * @param device it runs on, for example {@code cpu} or {@code cuda:0}
 * @param precision it runs at
 * @param modelName name under which the model is served
 * @param contextLength longest sequence in tokens
 * @param details further facts for the record, such as library flavour or artifact size; keys carry their unit, and four are
 *     known to others: {@link #INSTRUCTION_SETS}, {@link #NUMERICS}, {@link #ENCODER_BLOCKS} and {@link #PROXY}
 */
public record EngineInfo(
        String engineId,
        String version,
        String device,
        Precision precision,
        String modelName,
        int contextLength,
        Map<String, String> details) {
    /** Key of the instruction sets that the library's kernels use on this processor, in one line. */
    public static final String INSTRUCTION_SETS = "instruction_sets";

    /**
     * Key of one sentence on how this precision is computed on this processor, there only where others compute it in a way that
     * gives other answers.
     */
    public static final String NUMERICS = "numerics";

    /** Key that is there only where an encoder reads the prompt, with how many blocks it has. */
    public static final String ENCODER_BLOCKS = "encoder_blocks";

    /** Key of the proxy that a server is reached through, without credentials; there only where there is one. */
    public static final String PROXY = "proxy";

    public EngineInfo {
        details = Map.copyOf(details);
    }
}
