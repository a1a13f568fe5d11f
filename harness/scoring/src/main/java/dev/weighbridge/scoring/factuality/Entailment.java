package dev.weighbridge.scoring.factuality;

import dev.weighbridge.encoder.EncoderException;
import dev.weighbridge.encoder.Encoders;
import dev.weighbridge.encoder.TextClassifier;
import dev.weighbridge.scoring.ScoringException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How likely passages entail claims, by a model of natural language inference: the passage is its first text, the claim its second,
 * and of several passages the one counts that entails the claim most, as in SummaC's zero-shot form (Laban et al., TACL 10, 2022, arXiv
 * 2111.09525).
 */
public final class Entailment {
    private static final String LABEL = "entail";

    private final TextClassifier model;
    private final int label;

    private Entailment(TextClassifier model, int label) {
        this.model = model;
        this.label = label;
    }

    /**
     * Opens a model.
     *
     * @throws ScoringException when it cannot be used, or not exactly one of its labels begins with {@code entail}
     */
    public static Entailment open(Path folder) {
        try {
            TextClassifier model = Encoders.classifier(folder);
            List<Integer> labels = new ArrayList<>();
            for (int i = 0; i < model.labels().size(); i++) {
                if (model.labels().get(i).toLowerCase(Locale.ROOT).startsWith(LABEL)) {
                    labels.add(i);
                }
            }
            if (labels.size() != 1) {
                throw new ScoringException("the model in " + folder + " has the labels " + model.labels()
                        + ", and exactly one must begin with '" + LABEL
                        + "'. Choose a model of natural language inference");
            }
            return new Entailment(model, labels.get(0));
        } catch (EncoderException e) {
            throw new ScoringException("the model of entailment cannot be used: " + e.getMessage(), e);
        }
    }

    /** Which model it is. */
    public String model() {
        return model.identity().toString();
    }

    /**
     * The largest probability with which one of its passages entails each claim; 0 for a claim without any.
     *
     * @param passages of each claim
     * @throws ScoringException when the model fails
     */
    public double[] of(List<String> claims, List<List<String>> passages) {
        List<TextClassifier.Pair> pairs = new ArrayList<>();
        for (int i = 0; i < claims.size(); i++) {
            for (String passage : passages.get(i)) {
                pairs.add(new TextClassifier.Pair(passage, claims.get(i)));
            }
        }
        List<float[]> probabilities;
        try {
            probabilities = model.ofPairs(pairs);
        } catch (EncoderException e) {
            throw new ScoringException(String.valueOf(e.getMessage()), e);
        }
        double[] largest = new double[claims.size()];
        int pair = 0;
        for (int i = 0; i < claims.size(); i++) {
            for (int passage = 0; passage < passages.get(i).size(); passage++) {
                largest[i] = Math.max(largest[i], probabilities.get(pair++)[label]);
            }
        }
        return largest;
    }
}
