package dev.weighbridge.gateway.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Questions with right answers that a semantic cache is tried with: short tasks about numbers and names, whose answers are computed.
 * The same seed gives the same questions on every machine.
 */
public final class QuestionLoad {
    /** Most different things that can be asked: with more, drawing new ones would take ever longer. */
    public static final int MOST_DISTINCT = 200_000;

    private static final int MOST_QUESTIONS = 10_000_000;

    private QuestionLoad() {}

    /**
     * Questions of which some are asked again and again, each time in one of several ways. How often follows Zipf's law: the thing
     * of rank r is asked in proportion to r to the power of minus the exponent.
     *
     * @param questions in all
     * @param distinct things that are asked, from 1 to {@link #MOST_DISTINCT}
     * @param exponent of Zipf's law, from 0 (all as often) to 10
     * @param nearDuplicates share of questions that are as one of those, in the words it was last asked in, but for one number, one
     *     negation or one name, from 0 to 1
     */
    public static List<Question> repetitive(
            long seed, int questions, int distinct, double exponent, double nearDuplicates) {
        within("questions", questions, 0, MOST_QUESTIONS);
        within("distinct", distinct, 1, MOST_DISTINCT);
        within("exponent", exponent, 0, 10);
        within("nearDuplicates", nearDuplicates, 0, 1);
        Random random = new Random(seed);
        List<Topic.Meaning> meanings = meanings(random, distinct);
        double[] cumulative = zipf(distinct, exponent);
        Map<Topic.Meaning, Integer> lastPhrasings = new HashMap<>();
        List<Question> load = new ArrayList<>(questions);
        for (int i = 0; i < questions; i++) {
            Topic.Meaning meaning = meanings.get(rank(cumulative, random.nextDouble()));
            boolean isChanged = random.nextDouble() < nearDuplicates;
            int phrasing = random.nextInt(meaning.phrasings());
            if (isChanged) {
                List<Question.Origin> changes = meaning.changes();
                Question.Origin change = changes.get(random.nextInt(changes.size()));
                int last = lastPhrasings.getOrDefault(meaning, phrasing);
                load.add(question(meaning.changed(change, random), last, change));
            } else {
                lastPhrasings.put(meaning, phrasing);
                load.add(question(meaning, phrasing, Question.Origin.ASKED));
            }
        }
        return load;
    }

    /**
     * Questions none of which asks what another asks, so that no answer of a cache can be meant. Two may still have the same answer.
     *
     * @param questions from 0 to {@link #MOST_DISTINCT}
     */
    public static List<Question> unique(long seed, int questions) {
        within("questions", questions, 0, MOST_DISTINCT);
        Random random = new Random(seed);
        return meanings(random, questions).stream()
                .map(meaning -> question(meaning, random.nextInt(meaning.phrasings()), Question.Origin.ASKED))
                .toList();
    }

    private static Question question(Topic.Meaning meaning, int phrasing, Question.Origin origin) {
        return new Question(meaning.prompt(phrasing), meaning.answer(), origin);
    }

    private static List<Topic.Meaning> meanings(Random random, int distinct) {
        Set<Topic.Meaning> seen = new HashSet<>();
        List<Topic.Meaning> meanings = new ArrayList<>(distinct);
        while (meanings.size() < distinct) {
            Topic.Meaning meaning = Topic.Meaning.draw(random);
            if (seen.add(meaning)) {
                meanings.add(meaning);
            }
        }
        return meanings;
    }

    /** Sums of shares up to each rank; StrictMath, as Math.pow may differ between machines. */
    private static double[] zipf(int distinct, double exponent) {
        double[] cumulative = new double[distinct];
        double sum = 0;
        for (int i = 0; i < distinct; i++) {
            sum += StrictMath.pow(i + 1, -exponent);
            cumulative[i] = sum;
        }
        for (int i = 0; i < distinct; i++) {
            cumulative[i] /= sum;
        }
        return cumulative;
    }

    private static int rank(double[] cumulative, double drawn) {
        int index = Arrays.binarySearch(cumulative, drawn);
        return Math.min(cumulative.length - 1, index >= 0 ? index + 1 : -index - 1);
    }

    private static void within(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(name + " must be between " + least + " and " + most + ", got: " + value);
        }
    }
}
