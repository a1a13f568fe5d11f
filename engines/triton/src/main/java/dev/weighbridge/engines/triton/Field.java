package dev.weighbridge.engines.triton;

import java.util.List;

/**
 * What a generation says and hears, and what models call it. Names: the models that Triton's vLLM backend and TensorRT-LLM's ensemble
 * describe, older ones last.
 */
enum Field {
    TEXT_INPUT("text-input", "text_input"),
    MAX_TOKENS("max-tokens", "max_tokens"),
    MIN_TOKENS("min-tokens", "min_tokens", "min_length"),
    /** All that decides how tokens are chosen, as one JSON object under vLLM's names. */
    SAMPLING_PARAMETERS("sampling-parameters", "sampling_parameters"),
    TEMPERATURE("temperature", "temperature"),
    TOP_K("top-k", "top_k", "runtime_top_k"),
    TOP_P("top-p", "top_p", "runtime_top_p"),
    SEED("seed", "seed", "random_seed"),
    STOP("stop", "stop_words", "stop"),
    STREAM("stream", "stream", "streaming"),
    TEXT_OUTPUT("text-output", "text_output"),
    FINISH_REASON("finish-reason", "finish_reason"),
    INPUT_TOKENS("input-tokens", "num_input_tokens"),
    OUTPUT_TOKENS("output-tokens", "num_output_tokens");

    private final String option;
    private final String name;
    private final String olderName;

    Field(String option, String name) {
        this(option, name, name);
    }

    Field(String option, String name, String olderName) {
        this.option = option;
        this.name = name;
        this.olderName = olderName;
    }

    /** Option of an engine that says what its model calls it. */
    String option() {
        return option;
    }

    /** What most models call it. */
    String usual() {
        return name;
    }

    /** All that models call it, the most usual name first. */
    List<String> names() {
        return name.equals(olderName) ? List.of(name) : List.of(name, olderName);
    }

    /** Whether a model gives it. */
    boolean output() {
        return compareTo(TEXT_OUTPUT) >= 0;
    }
}
