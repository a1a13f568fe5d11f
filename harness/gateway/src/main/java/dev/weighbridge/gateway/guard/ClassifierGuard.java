package dev.weighbridge.gateway.guard;

import dev.weighbridge.encoder.ChosenLabels;
import dev.weighbridge.encoder.EncoderException;
import dev.weighbridge.encoder.Encoders;
import dev.weighbridge.encoder.TextClassifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Blocks a text that a classifier finds harmful: whose labels have a probability from a threshold on, in any of the windows in which the
 * model reads it, so that harm behind a long beginning is seen. A text of too many windows is one that the guard cannot judge.
 */
public final class ClassifierGuard implements Guard {
    private final Post post;
    private final TextClassifier model;
    private final List<String> labels;
    private final ChosenLabels chosen;
    private final double threshold;

    /**
     * A guard.
     *
     * @param labels that mean harm
     * @param threshold least probability of a block, above 0, at most 1
     * @throws IllegalArgumentException when the model lacks a label or the threshold is none
     */
    public ClassifierGuard(Post post, TextClassifier model, List<String> labels, double threshold) {
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold must be above 0 and at most 1, got: " + threshold);
        }
        this.post = post;
        this.model = model;
        this.labels = List.copyOf(labels);
        this.threshold = threshold;
        try {
            this.chosen = ChosenLabels.of(model, labels);
        } catch (EncoderException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * Opens the model of a folder.
     *
     * @throws IllegalArgumentException when it cannot be used
     */
    static TextClassifier open(Path folder) {
        try {
            return Encoders.classifier(folder);
        } catch (EncoderException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public Post post() {
        return post;
    }

    @Override
    public Map<String, Object> description() {
        return Map.of(
                "type",
                "classifier",
                "model",
                model.identity().name(),
                "sha256",
                model.identity().sha256(),
                "longest",
                model.identity().longest(),
                "labels",
                labels,
                "threshold",
                threshold);
    }

    @Override
    public Verdict judge(Side side, String text) {
        double probability;
        try {
            probability = chosen.largest(model.ofWhole(text));
        } catch (EncoderException e) {
            throw new GuardException(String.valueOf(e.getMessage()), e);
        }
        return probability >= threshold ? new Verdict.Blocked(post.id(), String.join("+", labels), "") : Verdict.PASS;
    }
}
