package dev.weighbridge.engines.onnxruntime.encoder;

import dev.weighbridge.encoder.EncoderException;
import dev.weighbridge.encoder.EncoderIdentity;
import dev.weighbridge.encoder.TextClassifier;
import dev.weighbridge.engines.onnxruntime.encoder.EncoderModel.Output;
import dev.weighbridge.inference.tokenizer.EncoderTokenizer.Encoded;
import java.util.List;
import java.util.Map;

/** Probabilities of classes from a model's {@code logits}: by the logistic function where labels are independent, else by softmax. */
final class OnnxTextClassifier implements TextClassifier {
    private static final String LOGITS = "logits";

    private final EncoderModel model;
    private final List<String> labels;
    private final boolean independent;
    private final String output;

    OnnxTextClassifier(EncoderModel model) {
        this.model = model;
        this.labels = model.folder().labels();
        this.independent = model.folder().independent();
        this.output = output(model);
        of(List.of("a"));
    }

    /** That of the name, or the only one with a value for each label. */
    private static String output(EncoderModel model) {
        List<String> candidates = model.outputs().entrySet().stream()
                .filter(output -> output.getValue().length == 2)
                .map(Map.Entry::getKey)
                .toList();
        if (candidates.contains(LOGITS)) {
            return LOGITS;
        }
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        throw new EncoderException(
                "model " + model.identity().name() + " gives " + model.outputs().keySet() + ", and none of them is "
                        + LOGITS + ". It is no classifier, or was exported without its head");
    }

    @Override
    public EncoderIdentity identity() {
        return model.identity();
    }

    @Override
    public List<String> labels() {
        return labels;
    }

    @Override
    public boolean independent() {
        return independent;
    }

    @Override
    public List<float[]> of(List<String> texts) {
        return judged(model.tokenized(
                tokenizer -> texts.stream().map(tokenizer::encode).toList()));
    }

    @Override
    public List<float[]> ofPairs(List<Pair> pairs) {
        return judged(model.tokenized(tokenizer -> pairs.stream()
                .map(pair -> tokenizer.encodePair(pair.first(), pair.second()))
                .toList()));
    }

    @Override
    public List<float[]> ofWhole(String text) {
        return judged(model.tokenized(tokenizer -> tokenizer.windows(text, MOST_WINDOWS)));
    }

    private List<float[]> judged(List<Encoded> texts) {
        return model.run(texts, output).stream().map(this::probabilities).toList();
    }

    private float[] probabilities(Output given) {
        float[] logits = given.values();
        if (logits.length != labels.size()) {
            throw new EncoderException("model " + identity().name() + " gives " + logits.length
                    + " values for a text, and config.json names " + labels.size() + " labels: " + labels);
        }
        float[] probabilities = new float[logits.length];
        if (independent) {
            for (int i = 0; i < logits.length; i++) {
                probabilities[i] = (float) (1 / (1 + Math.exp(-logits[i])));
            }
            return probabilities;
        }
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] = (float) (Math.exp(logits[i] - largest) / sum);
        }
        return probabilities;
    }
}
