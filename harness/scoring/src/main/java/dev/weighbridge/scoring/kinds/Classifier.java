package dev.weighbridge.scoring.kinds;

import dev.weighbridge.encoder.ChosenLabels;
import dev.weighbridge.encoder.EncoderException;
import dev.weighbridge.encoder.Encoders;
import dev.weighbridge.encoder.TextClassifier;
import dev.weighbridge.scoring.ScoringException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A classifier of answers with the labels that a scorer looks for. */
final class Classifier {
    private final TextClassifier model;
    private final ChosenLabels labels;

    private Classifier(TextClassifier model, ChosenLabels labels) {
        this.model = model;
        this.labels = labels;
    }

    /**
     * Opens a classifier.
     *
     * @param scorer that wants it, for messages
     * @param names of the labels; where there are none, the one label that is called by one of the usual names
     * @throws ScoringException when it cannot be used or has no such label
     */
    static Classifier open(String scorer, Path folder, List<String> names, List<String> usual) {
        try {
            TextClassifier model = Encoders.classifier(folder);
            List<String> wanted = !names.isEmpty()
                    ? names
                    : model.labels().stream()
                            .filter(label -> usual.contains(label.toLowerCase(Locale.ROOT)))
                            .toList();
            if (names.isEmpty() && wanted.size() != 1) {
                throw new ScoringException("scorer " + scorer + " needs option 'labels': which labels of the model in "
                        + folder + " it looks for. The model has " + model.labels());
            }
            return new Classifier(model, ChosenLabels.of(model, wanted));
        } catch (EncoderException e) {
            throw new ScoringException("scorer " + scorer + ": " + e.getMessage(), e);
        }
    }

    /** Which model it is. */
    String model() {
        return model.identity().toString();
    }

    /**
     * The probability of the labels in an answer, in the window where it is largest.
     *
     * @throws ScoringException when the model cannot read the answer
     */
    double probability(String answer) {
        try {
            return labels.largest(model.ofWhole(answer));
        } catch (EncoderException e) {
            throw new ScoringException(String.valueOf(e.getMessage()), e);
        }
    }
}
