package dev.weighbridge.scoring.text;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.ScoringException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Translation edit rate (Snover et al., 2006) as sacrebleu 2 computes it by default, after Tercom: insertions, deletions, substitutions
 * and shifts of runs of words, over the references' mean length, in percent. Texts are compared in small letters, their words as white
 * space separates them. Shifts are looked for greedily, within Tercom's limits: runs of at most 10 words, moved by at most 50 places,
 * edit distances within 25 words of the diagonal, and no more than 1,000 shifts tried for a pair of texts.
 */
public final class Ter {
    /** Most words of a text. */
    public static final int MOST_WORDS = 2000;

    private static final int LONGEST_RUN = 10;
    private static final int FARTHEST = 50;
    private static final int MOST_TRIED = 1000;

    /** The corpus figure from the sum of the samples' {@link #statistics}: edits over words. */
    public static final Aggregation CORPUS =
            new Aggregation("ter", 2, sums -> sums[1] > 0 ? 100 * sums[0] / sums[1] : sums[0] > 0 ? 100 : 0);

    private final int[] reference;
    private final EditDistance distance;
    private int tried;

    private Ter(int[] reference, int answerLength) {
        this.reference = reference;
        this.distance = new EditDistance(reference, answerLength);
    }

    /**
     * What a sample adds to the corpus: edits to the nearest reference, and the references' mean length.
     *
     * @param references at least one
     * @throws ScoringException when a text has more words than are compared
     */
    public static double[] statistics(String answer, List<String> references) {
        Map<String, Integer> numbers = new HashMap<>();
        int[] own = words(answer, numbers);
        int fewest = Integer.MAX_VALUE;
        double length = 0;
        for (String text : references) {
            int[] right = words(text, numbers);
            fewest = Math.min(fewest, right.length == 0 ? own.length : new Ter(right, own.length).edits(own));
            length += right.length;
        }
        return new double[] {fewest, length / references.size()};
    }

    private static int[] words(String text, Map<String, Integer> numbers) {
        List<String> words = NormalizedText.words(text.toLowerCase(Locale.ROOT));
        if (words.size() > MOST_WORDS) {
            throw new ScoringException(
                    "TER compares texts of at most " + MOST_WORDS + " words, got one of " + words.size());
        }
        return words.stream()
                .mapToInt(word -> {
                    Integer number = numbers.putIfAbsent(word, numbers.size());
                    return number == null ? numbers.size() - 1 : number;
                })
                .toArray();
    }

    /** Shifts as long as one helps, then edits. */
    private int edits(int[] answer) {
        int[] words = answer;
        int shifts = 0;
        while (true) {
            Shift best = best(words);
            if (tried >= MOST_TRIED || best == null || best.gain() <= 0) {
                return shifts + distance.of(words);
            }
            shifts++;
            words = best.words();
        }
    }

    /** A shift that was tried; of several the one of largest gain, then the longest, the first, and the one moved least far right. */
    private record Shift(int gain, int length, int start, int target, int[] words) {
        boolean before(Shift other) {
            if (gain != other.gain) {
                return gain > other.gain;
            }
            if (length != other.length) {
                return length > other.length;
            }
            return start != other.start ? start < other.start : target < other.target;
        }
    }

    private @Nullable Shift best(int[] words) {
        int before = distance.of(words);
        Alignment alignment = distance.alignment(words);
        Shift best = null;
        for (int start = 0; start < words.length; start++) {
            int from = Math.max(0, start - FARTHEST);
            int to = Math.min(reference.length - 1, start + FARTHEST);
            for (int place = from; place <= to; place++) {
                for (int length = 1; same(words, start, place, length); length++) {
                    best = tryAll(words, start, place, length, before, alignment, best);
                    if (tried >= MOST_TRIED) {
                        return best;
                    }
                }
            }
        }
        return best;
    }

    private boolean same(int[] words, int start, int place, int length) {
        return length <= LONGEST_RUN
                && start + length <= words.length
                && place + length <= reference.length
                && words[start + length - 1] == reference[place + length - 1];
    }

    /** Moves a run to each place where the reference has words of it; only where answer and reference both err, and not into itself. */
    private @Nullable Shift tryAll(
            int[] words, int start, int place, int length, int before, Alignment alignment, @Nullable Shift found) {
        int at = alignment.answerOf(place);
        if (!alignment.answerErrs(start, length)
                || !alignment.referenceErrs(place, length)
                || (start <= at && at < start + length)) {
            return found;
        }
        Shift best = found;
        int last = -1;
        for (int offset = -1; offset < length; offset++) {
            int target = place + offset == -1 ? 0 : alignment.answerOf(place + offset) + 1;
            if (target == last) {
                continue;
            }
            last = target;
            int[] moved = moved(words, start, length, target);
            Shift shift = new Shift(before - distance.of(moved), length, start, target, moved);
            tried++;
            best = best == null || shift.before(best) ? shift : best;
        }
        return best;
    }

    private static int[] moved(int[] words, int start, int length, int target) {
        List<Integer> rest = new ArrayList<>();
        for (int i = 0; i < words.length; i++) {
            if (i < start || i >= start + length) {
                rest.add(words[i]);
            }
        }
        // Behind the run a target counts the run's own words, unless it lies within them.
        int into = target <= start ? target : target > start + length ? target - length : target;
        List<Integer> run = new ArrayList<>();
        for (int i = start; i < start + length; i++) {
            run.add(words[i]);
        }
        rest.addAll(Math.min(into, rest.size()), run);
        return rest.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Which words stand for which.
     *
     * @param answers by place in the reference the last place in the answer that is not after it; -1 before the first
     * @param answerErrors by place in the answer how many of those before it err
     * @param referenceErrors by place in the reference how many of those before it err
     */
    private record Alignment(int[] answers, int[] answerErrors, int[] referenceErrors) {
        int answerOf(int place) {
            return answers[place];
        }

        boolean answerErrs(int start, int length) {
            return answerErrors[Math.min(answerErrors.length - 1, start + length)] > answerErrors[start];
        }

        boolean referenceErrs(int start, int length) {
            return referenceErrors[Math.min(referenceErrors.length - 1, start + length)] > referenceErrors[start];
        }
    }

    /** Edit distances of answers of one length to a reference, near the diagonal. Rows of a beginning that was seen last are kept. */
    private static final class EditDistance {
        private static final int BEAM = 25;
        private static final int FAR = 1 << 29;
        private static final byte SAME = 0;
        private static final byte OTHER = 1;
        private static final byte INSERTED = 2;
        private static final byte DELETED = 3;

        private final int[] reference;
        private final int[][] costs;
        private final byte[][] steps;
        private final double ratio;
        private final int beam;
        private int[] last = new int[0];
        private boolean any;

        EditDistance(int[] reference, int length) {
            this.reference = reference;
            this.costs = new int[length + 1][];
            this.steps = new byte[length + 1][];
            this.ratio = length == 0 ? 1 : reference.length / (double) length;
            this.beam = BEAM < ratio / 2 ? (int) Math.ceil(ratio / 2 + BEAM) : BEAM;
            for (int i = 0; i <= length; i++) {
                costs[i] = new int[reference.length + 1];
                steps[i] = new byte[reference.length + 1];
            }
            for (int j = 0; j <= reference.length; j++) {
                costs[0][j] = j;
                steps[0][j] = INSERTED;
            }
        }

        int of(int[] answer) {
            int same = any ? Arrays.mismatch(last, answer) : 0;
            if (same >= 0) {
                for (int i = same + 1; i <= answer.length; i++) {
                    row(answer, i);
                }
                last = answer.clone();
                any = true;
            }
            return costs[answer.length][reference.length];
        }

        private void row(int[] answer, int i) {
            Arrays.fill(costs[i], FAR);
            int diagonal = (int) Math.floor(i * ratio);
            int to = i == answer.length ? reference.length + 1 : Math.min(reference.length + 1, diagonal + beam);
            for (int j = Math.max(0, diagonal - beam); j < to; j++) {
                if (j == 0) {
                    costs[i][j] = costs[i - 1][j] + 1;
                    steps[i][j] = DELETED;
                    continue;
                }
                boolean equal = answer[i - 1] == reference[j - 1];
                keep(i, j, costs[i - 1][j - 1] + (equal ? 0 : 1), equal ? SAME : OTHER);
                keep(i, j, costs[i - 1][j] + 1, DELETED);
                keep(i, j, costs[i][j - 1] + 1, INSERTED);
            }
        }

        private void keep(int i, int j, int cost, byte step) {
            if (cost < costs[i][j]) {
                costs[i][j] = cost;
                steps[i][j] = step;
            }
        }

        /** The alignment of the answer whose distance was computed last. */
        Alignment alignment(int[] answer) {
            List<Byte> path = new ArrayList<>();
            int i = answer.length;
            int j = reference.length;
            while (i > 0 || j > 0) {
                byte step = steps[i][j];
                path.add(step);
                i -= step == INSERTED ? 0 : 1;
                j -= step == DELETED ? 0 : 1;
            }
            Collections.reverse(path);
            int[] answers = new int[reference.length];
            int[] answerErrors = new int[answer.length + 1];
            int[] referenceErrors = new int[reference.length + 1];
            int own = -1;
            int right = -1;
            for (byte step : path) {
                int error = step == SAME ? 0 : 1;
                if (step != INSERTED) {
                    own++;
                    answerErrors[own + 1] = answerErrors[own] + error;
                }
                if (step != DELETED) {
                    right++;
                    referenceErrors[right + 1] = referenceErrors[right] + error;
                    answers[right] = own;
                }
            }
            return new Alignment(answers, answerErrors, referenceErrors);
        }
    }
}
