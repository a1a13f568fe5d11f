package dev.weighbridge.scoring.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * ROUGE (Lin, 2004) as Google's {@code rouge-score} package computes it: small letters, everything but ASCII letters and digits
 * separates, words longer than three letters stemmed by {@link PorterStemmer} where asked.
 */
public final class Rouge {
    /** Most tokens of a text that are compared; the rest is left out, which bounds the time for hostile answers. */
    public static final int MOST_TOKENS = 10_000;

    private static final Pattern OTHER = Pattern.compile("[^a-z0-9]+");
    private static final int SHORT_WORD = 3;

    private Rouge() {}

    /**
     * Precision, recall and their harmonic mean.
     *
     * @param precision share of the answer's units that the reference has
     * @param recall share of the reference's units that the answer has
     */
    public record Figures(double precision, double recall) {
        private static Figures of(double common, double own, double right) {
            return new Figures(own == 0 ? 0 : common / own, right == 0 ? 0 : common / right);
        }

        /** The F-measure, from 0 to 1. */
        public double f() {
            return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
        }
    }

    /** ROUGE-N: runs of n words. */
    public static Figures ngrams(String answer, String reference, int n, boolean stemmed) {
        Map<List<String>, Integer> own = Ngrams.of(tokens(answer, stemmed), n);
        Map<List<String>, Integer> right = Ngrams.of(tokens(reference, stemmed), n);
        return Figures.of(Ngrams.common(own, right), sum(own), sum(right));
    }

    /** ROUGE-L: the longest sequence of words that both have in the same order. */
    public static Figures longest(String answer, String reference, boolean stemmed) {
        List<String> own = tokens(answer, stemmed);
        List<String> right = tokens(reference, stemmed);
        return Figures.of(longestCommon(numbered(own, right)), own.size(), right.size());
    }

    /** ROUGE-Lsum: for each line of the reference the union of what it shares in order with the lines of the answer. */
    public static Figures longestByLine(String answer, String reference, boolean stemmed) {
        List<List<String>> own = lines(answer, stemmed);
        List<List<String>> right = lines(reference, stemmed);
        int ownSize = own.stream().mapToInt(List::size).sum();
        int rightSize = right.stream().mapToInt(List::size).sum();
        if (ownSize == 0 || rightSize == 0) {
            return new Figures(0, 0);
        }
        Map<String, Integer> ownLeft = new HashMap<>();
        Map<String, Integer> rightLeft = new HashMap<>();
        own.forEach(line -> line.forEach(word -> ownLeft.merge(word, 1, Integer::sum)));
        right.forEach(line -> line.forEach(word -> rightLeft.merge(word, 1, Integer::sum)));
        int hits = 0;
        for (List<String> line : right) {
            BitSet union = new BitSet();
            own.forEach(other -> union.or(placesInCommon(line, other)));
            for (int i = union.nextSetBit(0); i >= 0; i = union.nextSetBit(i + 1)) {
                String word = line.get(i);
                if (ownLeft.getOrDefault(word, 0) > 0 && rightLeft.getOrDefault(word, 0) > 0) {
                    hits++;
                    ownLeft.merge(word, -1, Integer::sum);
                    rightLeft.merge(word, -1, Integer::sum);
                }
            }
        }
        return Figures.of(hits, ownSize, rightSize);
    }

    static List<String> tokens(String text, boolean stemmed) {
        List<String> tokens = new ArrayList<>();
        for (String word : OTHER.split(text.toLowerCase(Locale.ROOT), -1)) {
            if (!word.isEmpty() && tokens.size() < MOST_TOKENS) {
                tokens.add(stemmed && word.length() > SHORT_WORD ? PorterStemmer.stem(word) : word);
            }
        }
        return tokens;
    }

    private static List<List<String>> lines(String text, boolean stemmed) {
        List<List<String>> lines = new ArrayList<>();
        int left = MOST_TOKENS;
        for (String line : text.split("\n", -1)) {
            if (line.isEmpty()) {
                continue;
            }
            List<String> tokens = tokens(line, stemmed);
            lines.add(tokens.subList(0, Math.min(left, tokens.size())));
            left -= Math.min(left, tokens.size());
        }
        return lines;
    }

    private static int sum(Map<?, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Both texts as numbers of words, for fast comparison. */
    private static int[][] numbered(List<String> a, List<String> b) {
        Map<String, Integer> numbers = new HashMap<>();
        int[][] both = new int[2][];
        both[0] = a.stream().mapToInt(word -> number(numbers, word)).toArray();
        both[1] = b.stream().mapToInt(word -> number(numbers, word)).toArray();
        return both;
    }

    private static int number(Map<String, Integer> numbers, String word) {
        Integer known = numbers.putIfAbsent(word, numbers.size());
        return known == null ? numbers.size() - 1 : known;
    }

    private static int longestCommon(int[][] texts) {
        int[] row = new int[texts[1].length + 1];
        for (int word : texts[0]) {
            int diagonal = 0;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                row[j] = word == texts[1][j - 1] ? diagonal + 1 : Math.max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return row[texts[1].length];
    }

    /** Places of the line that belong to a longest sequence in common; of several the one that is found from the end. */
    private static BitSet placesInCommon(List<String> line, List<String> other) {
        int[][] texts = numbered(line, other);
        int columns = texts[1].length + 1;
        // Only which way a step came is kept, two bits a cell: lines of a hostile answer can be long.
        BitSet diagonal = new BitSet();
        BitSet left = new BitSet();
        int[] row = new int[columns];
        for (int i = 1; i <= texts[0].length; i++) {
            int before = 0;
            for (int j = 1; j < columns; j++) {
                int above = row[j];
                int cell = i * columns + j;
                if (texts[0][i - 1] == texts[1][j - 1]) {
                    row[j] = before + 1;
                    diagonal.set(cell);
                } else if (row[j - 1] > above) {
                    row[j] = row[j - 1];
                    left.set(cell);
                }
                before = above;
            }
        }
        BitSet places = new BitSet();
        int i = texts[0].length;
        int j = texts[1].length;
        while (i > 0 && j > 0) {
            int cell = i * columns + j;
            if (diagonal.get(cell)) {
                places.set(--i);
                j--;
            } else if (left.get(cell)) {
                j--;
            } else {
                i--;
            }
        }
        return places;
    }
}
