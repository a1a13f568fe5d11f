package dev.weighbridge.inference;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.ScoringEngine.Score;
import dev.weighbridge.inference.sampling.LogProbabilities;
import dev.weighbridge.inference.sampling.TokenSampler;
import dev.weighbridge.inference.tokenizer.PlacedTokens;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** How likely continuations of a context are. Of the context's own tokens nothing but the model's pass is computed. */
final class ContinuationScoring {
    private final TextScoring scoring;
    private final int vocabularySize;

    ContinuationScoring(TextScoring scoring, int vocabularySize) {
        this.scoring = scoring;
        this.vocabularySize = vocabularySize;
    }

    /**
     * Continuations that are one text with their context, as a decoder reads them. White space at the end of the context counts as
     * the continuation's, since tokenizers of this family join a space to the word after it; a token that begins in the context
     * and ends in the continuation is the continuation's; a mark that the tokenizer puts at the start is nobody's.
     *
     * @param texts tokens of the context with each continuation
     * @throws EngineException of category BAD_REQUEST when a continuation has no token, or begins with the first token of its text
     */
    Prepared ofTexts(String context, List<PlacedTokens> texts) {
        String kept = context.stripTrailing();
        int boundary = kept.codePointCount(0, kept.length());
        int whole = context.codePointCount(0, context.length());
        int[] begins =
                texts.stream().mapToInt(text -> begin(text, boundary, whole)).toArray();
        List<int[]> tokens = texts.stream().map(PlacedTokens::tokens).toList();
        Sums sums = new Sums(tokens, begins);
        int[] firsts = Arrays.stream(begins).map(begin -> begin - 1).toArray();
        TextScoring.Texts asked = TextScoring.Texts.of(tokens, firsts, (text, first, count, logits) -> {
            for (int i = Math.max(0, begins[text] - first - 1); i < count; i++) {
                sums.add(text, first + i + 1, logits, i);
            }
        });
        return new Prepared(asked, sums::scores);
    }

    /**
     * Continuations that are tokens already.
     *
     * @param texts to be computed
     * @param scores of them, once they are
     */
    record Prepared(TextScoring.Texts texts, Supplier<List<Score>> scores) {}

    /** Computes what was prepared, as much of it together as is of use. */
    void compute(List<Prepared> prepared) {
        scoring.visitPredictions(prepared.stream().map(Prepared::texts).toList());
    }

    /**
     * Texts with nothing before them but one token. One that is longer than the context is cut into windows, each of which goes on
     * from the last token before it, so that every token is scored once: {@code get_rolling_token_windows} and
     * {@code make_disjoint_window} of lm-evaluation-harness 0.4.13 ({@code lm_eval/utils.py}) with a context of one token.
     *
     * @param before the token
     * @param texts at least one token each
     * @param longest window, in tokens
     */
    Prepared ofWhole(int before, List<int[]> texts, int longest) {
        List<int[]> windows = new ArrayList<>();
        List<Integer> owners = new ArrayList<>();
        for (int text = 0; text < texts.size(); text++) {
            int[] tokens = texts.get(text);
            for (int from = 0; from < tokens.length; from += longest) {
                int[] window = new int[Math.min(longest, tokens.length - from) + 1];
                window[0] = from == 0 ? before : tokens[from - 1];
                System.arraycopy(tokens, from, window, 1, window.length - 1);
                windows.add(window);
                owners.add(text);
            }
        }
        int[] begins = new int[windows.size()];
        Arrays.fill(begins, 1);
        Sums sums = new Sums(windows, begins);
        TextScoring.Texts asked =
                TextScoring.Texts.of(windows, new int[windows.size()], (window, first, count, logits) -> {
                    for (int i = 0; i < count; i++) {
                        sums.add(window, first + i + 1, logits, i);
                    }
                });
        return new Prepared(asked, () -> whole(sums.scores(), owners, texts.size()));
    }

    /** Scores of texts by those of their windows. */
    private static List<Score> whole(List<Score> parts, List<Integer> owners, int texts) {
        Score[] whole = new Score[texts];
        for (int window = 0; window < parts.size(); window++) {
            int text = owners.get(window);
            whole[text] = whole[text] == null ? parts.get(window) : joined(whole[text], parts.get(window));
        }
        return List.of(whole);
    }

    private static Score joined(Score first, Score second) {
        return new Score(
                first.logLikelihood() + second.logLikelihood(),
                first.tokens() + second.tokens(),
                first.greedy() && second.greedy());
    }

    /** Continuations of a context that an encoder reads. */
    List<Score> ofEncoded(int[] context, List<int[]> continuations) {
        Sums sums = new Sums(continuations, new int[continuations.size()]);
        scoring.visit(context, continuations, (text, first, count, logits) -> {
            for (int i = 0; i < count; i++) {
                sums.add(text, first + i, logits, i);
            }
        });
        return sums.scores();
    }

    /** Position of the first token of a continuation. */
    private static int begin(PlacedTokens text, int boundary, int whole) {
        int[] offsets = text.offsets();
        int position = 0;
        while (position < offsets.length && offsets[position] < boundary && end(offsets, position, whole) <= boundary) {
            position++;
        }
        if (position == 0 && offsets.length > 1 && offsets[1] == offsets[0]) {
            position = 1;
        }
        if (position == 0) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "the continuation begins with the first token of the text, which has no likelihood. "
                            + "Give it a context of at least one token");
        }
        if (position == offsets.length) {
            throw new EngineException(Category.BAD_REQUEST, "the continuation is empty: there is nothing to score");
        }
        return position;
    }

    /** The last token ends where its text does, which is not within the context unless there is no continuation. */
    private static int end(int[] offsets, int position, int whole) {
        return position + 1 < offsets.length ? offsets[position + 1] : Math.max(whole, offsets[position] + 1);
    }

    /** Log-likelihoods of texts as they are summed up. Used on the scheduler's thread. */
    private final class Sums {
        private final List<int[]> tokens;
        private final int[] begins;
        private final double[] likelihoods;
        private final boolean[] greedy;
        private final float[] row = new float[vocabularySize];

        Sums(List<int[]> tokens, int[] begins) {
            this.tokens = tokens;
            this.begins = begins;
            this.likelihoods = new double[tokens.size()];
            this.greedy = new boolean[tokens.size()];
            Arrays.fill(greedy, true);
        }

        void add(int text, int position, FloatBuffer logits, int number) {
            if (position >= tokens.get(text).length) {
                return;
            }
            logits.get(number * vocabularySize, row);
            int token = tokens.get(text)[position];
            likelihoods[text] += row[token] - LogProbabilities.normalizer(row);
            greedy[text] &= row[token] >= row[TokenSampler.mostLikely(row)];
        }

        List<Score> scores() {
            return IntStream.range(0, tokens.size())
                    .mapToObj(
                            text -> new Score(likelihoods[text], tokens.get(text).length - begins[text], greedy[text]))
                    .toList();
        }
    }
}
