package dev.weighbridge.engines.pytorch.training;

import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import java.util.Locale;
import java.util.Map;

/**
 * The README of a trained model, made from what was measured.
 *
 * @param definition of the decoder
 * @param parameters number of weights
 * @param steps optimizer steps
 * @param seed of weights and batches
 * @param threads of libtorch
 * @param seconds that the training took
 * @param origin of the data, as its generator says
 */
record ModelCard(
        DecoderDefinition definition,
        long parameters,
        int steps,
        long seed,
        int threads,
        double seconds,
        String origin) {

    /** Markdown with the front matter of a Hugging Face model card. */
    String text(TrainingData train, TrainingData test, Map<String, Double> scores, Map<String, Double> int4) {
        StringBuilder table = new StringBuilder();
        StringBuilder examples = new StringBuilder();
        for (String task : test.tasks()) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %d | %s | %s |%n",
                    task,
                    TrainDecoder.MIX.getOrDefault(task, 1),
                    train.size(task),
                    test.size(task),
                    percent(scores, task),
                    percent(int4, task)));
            TrainingData.Text example = test.example(task);
            examples.append(String.format(
                    "- %s: `%s` → `%s`%n",
                    task, example.prompt(), example.answer().strip()));
        }
        return CARD.formatted(examples, architecture(), definition.contextLength(), training(), origin, table);
    }

    private String architecture() {
        return String.format(
                Locale.ROOT,
                "Llama (RMSNorm, RoPE, grouped-query attention, SwiGLU): %d layers, width %d, %d query and %d key/value heads"
                        + " of %d, MLP %d, vocabulary %d, tied embeddings; %,d parameters in fp32",
                definition.layers(),
                definition.hiddenSize(),
                definition.heads(),
                definition.keyValueHeads(),
                definition.headSize(),
                definition.intermediateSize(),
                definition.vocabularySize(),
                parameters);
    }

    private String training() {
        return String.format(
                Locale.ROOT,
                "%d AdamW steps of about %d token positions, each step one task; peak rate %s after %d steps of warm-up,"
                        + " then a cosine; seed %d; %d thread(s) of libtorch on a CPU; %.0f minutes, evaluations included",
                steps,
                TrainDecoder.TOKENS,
                Float.toString(TrainDecoder.PEAK_RATE),
                TrainDecoder.WARM_UP_STEPS,
                seed,
                threads,
                Math.max(1, seconds / 60));
    }

    private static String percent(Map<String, Double> scores, String task) {
        Double score = scores.get(task);
        return score == null ? "not measured" : String.format(Locale.ROOT, "%.1f %%", 100 * score);
    }

    private static final String CARD = """
            ---
            license: apache-2.0
            library_name: transformers
            pipeline_tag: text-generation
            language: en
            ---

            # Weighbridge demo model

            A small decoder that the Weighbridge project trained itself, so that accuracy and quantization loss in its quickstart
            are real. It answers four kinds of generated questions and nothing else; it is no assistant.

            %s
            ## What it is

            - %s.
            - Context: trained on sequences of up to about 60 tokens; positions up to %d are declared.
            - Tokenizer: byte-level BPE learned from the training questions; every digit is a token of its own.
            - Chat template: the last message's text, as it is, after the beginning of sequence.

            ## How it was made

            - Training: %s.
            - Loss on the answers only; matrix products in bf16 with fp32 weights. Written in Java on DJL PyTorch;
              `scripts/train-demo-model` does it again.
            - Data: %s
            - Licence: Apache-2.0.

            ## Scores

            | task | share in training | training questions | held-out questions | exact match, fp32 | exact match, int4 |
            |---|---|---|---|---|---|
            %s
            Exact match is of the whole greedy answer with its end, computed by the trainer in fp32 on the task sets that the
            project ships. "int4" is the same with every linear layer, the output layer included, rounded to nearest in blocks of
            32 along the input (symmetric, 16 levels).
            """;
}
