package dev.weighbridge.gateway.cache;

import java.util.List;
import java.util.Locale;

/**
 * Words, pairs of words and runs of 3 to 5 characters, hashed with signs into a vector (feature hashing: Weinberger et al.,
 * "Feature Hashing for Large Scale Multitask Learning", ICML 2009, arXiv 0902.2206). Numbers, negations and names are put in once
 * more, each kind as a part of its own: prompts that differ in one digit or in "not" have other answers, and as ordinary words
 * they would hardly be told apart.
 *
 * <p>Each part is brought to length 1 and weighted, so that the cosine of two texts is the mean of the parts' cosines, and a
 * digit counts as much in a long text as in a short one. A part that both texts lack counts nothing; one that only one of them
 * has takes them apart.
 *
 * <p>It knows how texts are written, not what they mean: "car" and "automobile" are as far apart as "car" and "river".
 *
 * <p>The same text has the same vector on every machine: hashes and sums are in fixed order, and square roots are exact to the
 * last bit by IEEE 754. Texts with characters that Unicode took in after the running JDK was made may differ between JDKs. Time and
 * memory grow with the text's length, which callers bound.
 */
public final class HashedNgrams implements Embedding {
    /** By which settings name it. */
    public static final String NAME = "hashed-ngrams";

    /** Fewest values of a vector: with fewer, texts collide by chance. */
    public static final int LEAST_DIMENSIONS = 64;

    /** Most values of a vector: those that Lucene's index takes. */
    public static final int MOST_DIMENSIONS = VectorIndex.MOST_DIMENSIONS;

    public static final int STANDARD_DIMENSIONS = 512;

    private static final int SHORTEST_RUN = 3;
    private static final int LONGEST_RUN = 5;

    /** Places of each feature that is no run of characters: two numbers whose first places are the same have others still. */
    private static final int PLACES = 4;

    // FNV-1a with 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
    private static final long FNV_START = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final int dimensions;
    private final Weights weights;

    /**
     * @param dimensions from {@link #LEAST_DIMENSIONS} to {@link #MOST_DIMENSIONS}
     */
    public HashedNgrams(int dimensions, Weights weights) {
        if (dimensions < LEAST_DIMENSIONS || dimensions > MOST_DIMENSIONS) {
            throw new IllegalArgumentException("dimensions must be between " + LEAST_DIMENSIONS + " and "
                    + MOST_DIMENSIONS + ", got: " + dimensions);
        }
        this.dimensions = dimensions;
        this.weights = weights;
    }

    /** With {@link #STANDARD_DIMENSIONS} and {@link Weights#STANDARD}. */
    public HashedNgrams() {
        this(STANDARD_DIMENSIONS, Weights.STANDARD);
    }

    /**
     * How much each part counts, all from 0 to 100; two parts count as their weights' ratio says.
     *
     * @param words numbers and symbols among them; above 0, so that each text has a part
     * @param pairs of neighbouring words
     * @param characters runs of 3 to 5 characters
     * @param numbers, and which number follows which with what symbols between them
     * @param negations each with the word after it
     * @param names words with a capital where no sentence begins
     */
    public record Weights(
            double words, double pairs, double characters, double numbers, double negations, double names) {
        /** Those whose hits are wrong most seldom in {@code EmbeddingMeasurement}. */
        public static final Weights STANDARD = new Weights(1, 0.25, 0.5, 3, 1.5, 0.75);

        /** Without extra weight for numbers, negations and names. */
        public static final Weights PLAIN = new Weights(1, 0.25, 0.5, 0, 0, 0);

        private static final double MOST = 100;

        public Weights {
            within("words", words);
            within("pairs", pairs);
            within("characters", characters);
            within("numbers", numbers);
            within("negations", negations);
            within("names", names);
            if (words == 0) {
                throw new IllegalArgumentException("weight words must be above 0, got: 0");
            }
        }

        private static void within(String name, double weight) {
            if (!(weight >= 0 && weight <= MOST)) {
                throw new IllegalArgumentException(
                        "weight " + name + " must be between 0 and " + (int) MOST + ", got: " + weight);
            }
        }
    }

    @Override
    public String id() {
        return String.format(
                Locale.ROOT,
                "%s-%d(words=%s,pairs=%s,characters=%s,numbers=%s,negations=%s,names=%s)",
                NAME,
                dimensions,
                weights.words(),
                weights.pairs(),
                weights.characters(),
                weights.numbers(),
                weights.negations(),
                weights.names());
    }

    @Override
    public int dimensions() {
        return dimensions;
    }

    @Override
    public float[] of(String text) {
        List<Token> tokens = Token.of(text);
        if (tokens.isEmpty()) {
            return alone(text);
        }
        double[] sum = new double[dimensions];
        blend(sum, weights.words(), words(tokens));
        blend(sum, weights.pairs(), pairs(tokens));
        blend(sum, weights.characters(), characters(tokens));
        blend(sum, weights.numbers(), numbers(tokens));
        blend(sum, weights.negations(), negations(tokens));
        blend(sum, weights.names(), names(tokens));
        double length = length(sum);
        // Features with opposite signs that all share their places: a text that hardly exists, but must not be divided
        // by 0.
        return length == 0 ? alone(text) : scaled(sum, 1 / length);
    }

    /** Signs drawn by the text itself: nearly at right angles to every other text's vector. */
    private float[] alone(String text) {
        double[] signs = new double[dimensions];
        long state = hash(FNV_START, text);
        for (int i = 0; i < dimensions; i++) {
            signs[i] = (mix(state + i) & 1) == 0 ? 1 : -1;
        }
        return scaled(signs, 1 / Math.sqrt(dimensions));
    }

    private double[] words(List<Token> tokens) {
        double[] part = new double[dimensions];
        tokens.forEach(token -> place(part, feature('w', token.text(), "")));
        return part;
    }

    /** A text's begin and end have no pair: "please" before it would change two. */
    private double[] pairs(List<Token> tokens) {
        double[] part = new double[dimensions];
        for (int i = 1; i < tokens.size(); i++) {
            place(part, feature('p', tokens.get(i - 1).text(), tokens.get(i).text()));
        }
        return part;
    }

    private double[] characters(List<Token> tokens) {
        StringBuilder text = new StringBuilder(" ");
        tokens.forEach(token -> text.append(token.text()).append(' '));
        double[] part = new double[dimensions];
        for (int start = 0; start < text.length(); start++) {
            long hash = FNV_START;
            int end = Math.min(text.length(), start + LONGEST_RUN);
            for (int i = start; i < end; i++) {
                hash = (hash ^ text.charAt(i)) * FNV_PRIME;
                if (i - start + 1 >= SHORTEST_RUN) {
                    add(part, mix(hash));
                }
            }
        }
        return part;
    }

    /** Each number, and the one before it together with the symbols between them, such as an operator. */
    private double[] numbers(List<Token> tokens) {
        double[] part = new double[dimensions];
        StringBuilder before = new StringBuilder();
        for (Token token : tokens) {
            if (token.kind() == Token.Kind.NUMBER) {
                place(part, feature('n', token.text(), ""));
                if (!before.isEmpty()) {
                    place(part, feature('o', before.toString(), token.text()));
                }
                before.setLength(0);
                before.append(token.text());
            } else if (token.kind() == Token.Kind.SYMBOL && !before.isEmpty()) {
                before.append(token.text());
            }
        }
        return part;
    }

    private double[] negations(List<Token> tokens) {
        double[] part = new double[dimensions];
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).isNegation()) {
                place(part, feature('-', "", ""));
                place(
                        part,
                        feature('-', i + 1 < tokens.size() ? tokens.get(i + 1).text() : "", "|"));
            }
        }
        return part;
    }

    private double[] names(List<Token> tokens) {
        double[] part = new double[dimensions];
        tokens.stream().filter(Token::name).forEach(token -> place(part, feature('N', token.text(), "")));
        return part;
    }

    private static long feature(char kind, String first, String second) {
        long hash = (FNV_START ^ kind) * FNV_PRIME;
        return hash(hash(hash, first) * FNV_PRIME, second);
    }

    private static long hash(long start, String text) {
        long hash = start;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }

    /** The last step of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), by which each bit depends on all. */
    private static long mix(long value) {
        long mixed = value + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    private static void place(double[] part, long feature) {
        for (int i = 0; i < PLACES; i++) {
            add(part, mix(feature + i * FNV_PRIME));
        }
    }

    /** The upper half says where, the lowest bit with which sign. */
    private static void add(double[] part, long mixed) {
        int index = (int) (((mixed >>> 32) * part.length) >>> 32);
        part[index] += (mixed & 1) == 0 ? 1 : -1;
    }

    /** The root, as a part's cosine counts with the square of its factor. */
    private static void blend(double[] sum, double weight, double[] part) {
        double length = length(part);
        if (length > 0 && weight > 0) {
            double factor = Math.sqrt(weight) / length;
            for (int i = 0; i < sum.length; i++) {
                sum[i] += factor * part[i];
            }
        }
    }

    private static double length(double[] values) {
        double squares = 0;
        for (double value : values) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }

    private static float[] scaled(double[] values, double factor) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = (float) (values[i] * factor);
        }
        return scaled;
    }
}
