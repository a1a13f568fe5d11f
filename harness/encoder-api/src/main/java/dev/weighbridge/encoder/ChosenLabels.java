package dev.weighbridge.encoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Some labels of a classifier that stand for one thing, such as those that say that a text is harmful. Its probability is the largest
 * of theirs where labels are independent, else the sum of theirs.
 */
public final class ChosenLabels {
    private final int[] places;
    private final boolean independent;

    private ChosenLabels(int[] places, boolean independent) {
        this.places = places;
        this.independent = independent;
    }

    /**
     * Labels by their names, capitals or not.
     *
     * @throws EncoderException when there are none, or the classifier does not have one exactly once; it names those it has
     */
    public static ChosenLabels of(TextClassifier classifier, List<String> names) {
        List<Integer> places = new ArrayList<>();
        for (String name : names) {
            List<Integer> found = places(classifier, name);
            if (found.size() != 1 || places.contains(found.get(0))) {
                throw new EncoderException("model " + classifier.identity().name() + " must have label '" + name
                        + "' once, and it must be named once. It has the labels " + classifier.labels());
            }
            places.add(found.get(0));
        }
        if (places.isEmpty()) {
            throw new EncoderException("name one or more labels of model "
                    + classifier.identity().name() + ". It has " + classifier.labels());
        }
        return new ChosenLabels(places.stream().mapToInt(Integer::intValue).toArray(), classifier.independent());
    }

    /** Places of a name among the labels of a classifier. */
    private static List<Integer> places(TextClassifier classifier, String name) {
        List<Integer> places = new ArrayList<>();
        for (int place = 0; place < classifier.labels().size(); place++) {
            if (classifier.labels().get(place).toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
                places.add(place);
            }
        }
        return places;
    }

    /** The probability of what they stand for. */
    public double probability(float[] probabilities) {
        double sum = 0;
        double largest = 0;
        for (int place : places) {
            sum += probabilities[place];
            largest = Math.max(largest, probabilities[place]);
        }
        return independent ? largest : Math.min(1, sum);
    }

    /** The largest probability of what they stand for in any of several windows. */
    public double largest(List<float[]> windows) {
        return windows.stream().mapToDouble(this::probability).max().orElse(0);
    }
}
