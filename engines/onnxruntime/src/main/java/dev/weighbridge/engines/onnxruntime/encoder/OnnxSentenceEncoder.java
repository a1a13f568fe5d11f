package dev.weighbridge.engines.onnxruntime.encoder;

import dev.weighbridge.encoder.EncoderException;
import dev.weighbridge.encoder.EncoderIdentity;
import dev.weighbridge.encoder.SentenceEncoder;
import dev.weighbridge.engines.onnxruntime.encoder.EncoderModel.Output;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Vectors of sentences as sentence-transformers makes them (Reimers and Gurevych, EMNLP 2019, arXiv 1908.10084): the model's own
 * {@code sentence_embedding}, or its hidden states pooled, by their mean or the first token's as the folder says; of length 1.
 */
final class OnnxSentenceEncoder implements SentenceEncoder {
    private static final String POOLED = "sentence_embedding";
    private static final List<String> HIDDEN = List.of("last_hidden_state", "token_embeddings");

    private final EncoderModel model;
    private final String output;
    private final boolean firstTokenSpeaks;
    private final int dimensions;

    OnnxSentenceEncoder(EncoderModel model) {
        this.model = model;
        this.output = output(model);
        this.firstTokenSpeaks = model.folder().firstTokenSpeaks();
        this.dimensions = of(List.of("a")).get(0).length;
    }

    private static String output(EncoderModel model) {
        Map<String, long[]> outputs = model.outputs();
        if (outputs.containsKey(POOLED)) {
            return POOLED;
        }
        List<String> byToken = outputs.keySet().stream()
                .filter(name -> outputs.getOrDefault(name, new long[0]).length == 3)
                .toList();
        return HIDDEN.stream()
                .filter(byToken::contains)
                .findFirst()
                .or(() -> byToken.size() == 1 ? byToken.stream().findFirst() : Optional.empty())
                .orElseThrow(() -> new EncoderException(
                        "model " + model.identity().name() + " gives " + outputs.keySet() + ", and none of them is "
                                + POOLED + " or one of " + HIDDEN + ". It is no model of sentences"));
    }

    @Override
    public EncoderIdentity identity() {
        return model.identity();
    }

    @Override
    public int dimensions() {
        return dimensions;
    }

    @Override
    public boolean fits(String text) {
        return model.tokenized(tokenizer -> tokenizer.fits(text));
    }

    @Override
    public List<float[]> of(List<String> texts) {
        return model
                .run(
                        model.tokenized(tokenizer ->
                                texts.stream().map(tokenizer::encode).toList()),
                        output)
                .stream()
                .map(this::vector)
                .toList();
    }

    private float[] vector(Output given) {
        int width = (int) given.shape()[given.shape().length - 1];
        int rows = given.shape().length == 1 || firstTokenSpeaks ? 1 : given.tokens();
        double[] sums = new double[width];
        for (int i = 0; i < rows * width; i++) {
            sums[i % width] += given.values()[i];
        }
        double squares = 0;
        for (double sum : sums) {
            squares += sum * sum;
        }
        if (!(squares > 0)) {
            throw new EncoderException("model " + identity().name() + " gave a vector of length 0");
        }
        float[] vector = new float[width];
        for (int i = 0; i < width; i++) {
            vector[i] = (float) (sums[i] / Math.sqrt(squares));
        }
        return vector;
    }
}
