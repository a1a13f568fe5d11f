package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.analysis.statistics.ClusteredMean;
import dev.weighbridge.api.LogitsEngine.Logits;
import dev.weighbridge.api.TopLogprobsEngine.Position;
import dev.weighbridge.results.FidelityRecord;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a variant is still the baseline's model: how far its next-token distributions are from the baseline's over the tokens
 * of some texts, as {@link Fidelity} computes it, and what of that is more than a study accepts.
 */
public final class Parity {
    /**
     * Log-probability under which no token is assumed to go where a server gives only the most likely ones, about 1.4e-11: what
     * bounds the divergence from above.
     */
    public static final double FLOOR = -25;

    private static final double MEDIAN = 0.5;
    private static final double TAIL = 0.99;

    private final Fidelity fidelity = new Fidelity();
    private int differentTexts;

    /**
     * Compares whole distributions at each place of a text whose next token is part of it.
     *
     * @return empty when the tokens of the text differ, or the vocabulary's size does
     */
    public static Optional<List<TokenFidelity>> compared(Logits baseline, Logits variant) {
        if (!Arrays.equals(baseline.tokens(), variant.tokens())
                || baseline.vocabularySize() != variant.vocabularySize()) {
            return Optional.empty();
        }
        int vocabulary = baseline.vocabularySize();
        List<TokenFidelity> places = new ArrayList<>();
        for (int i = 0; i + 1 < baseline.tokens().length; i++) {
            places.add(TokenFidelity.exact(
                    Arrays.copyOfRange(baseline.values(), i * vocabulary, (i + 1) * vocabulary),
                    Arrays.copyOfRange(variant.values(), i * vocabulary, (i + 1) * vocabulary),
                    baseline.tokens()[i + 1]));
        }
        return Optional.of(places);
    }

    /**
     * Compares what servers give of the distributions at each place of a text.
     *
     * @return empty when the tokens of the text differ
     */
    public static Optional<List<TokenFidelity>> compared(List<Position> baseline, List<Position> variant) {
        if (!tokens(baseline).equals(tokens(variant))) {
            return Optional.empty();
        }
        List<TokenFidelity> places = new ArrayList<>();
        for (int i = 0; i < baseline.size(); i++) {
            places.add(TokenFidelity.bounded(
                    top(baseline.get(i)), top(variant.get(i)), baseline.get(i).token(), FLOOR));
        }
        return Optional.of(places);
    }

    /**
     * Compares a whole distribution of the baseline with what the variant's server gives of its own at each place of a text. The
     * divergence is bounded by the tail that the server leaves out.
     *
     * @param vocabulary of the baseline
     * @return empty when the tokens of the text differ
     */
    public static Optional<List<TokenFidelity>> compared(
            Logits baseline, Vocabulary vocabulary, List<Position> variant) {
        return places(
                baseline,
                vocabulary,
                variant,
                (logits, place, token) ->
                        OneSidedFidelity.ofCandidateTop(logits, top(place), vocabulary, token, FLOOR));
    }

    /**
     * Compares what the baseline's server gives of its distributions with whole ones of the variant at each place of a text. The
     * divergence is bounded by the tail that the server leaves out.
     *
     * @param vocabulary of the variant
     * @return empty when the tokens of the text differ
     */
    public static Optional<List<TokenFidelity>> compared(
            List<Position> baseline, Logits variant, Vocabulary vocabulary) {
        return places(
                variant,
                vocabulary,
                baseline,
                (logits, place, token) -> OneSidedFidelity.ofBaseTop(top(place), logits, vocabulary, token));
    }

    /** Compares a place of which one side is known whole. */
    private interface OneSided {
        TokenFidelity compare(float[] logits, Position place, int token);
    }

    private static Optional<List<TokenFidelity>> places(
            Logits whole, Vocabulary vocabulary, List<Position> given, OneSided comparison) {
        int[] tokens = whole.tokens();
        if (given.size() != tokens.length - 1 || vocabulary.size() < whole.vocabularySize()) {
            return Optional.empty();
        }
        int size = whole.vocabularySize();
        List<TokenFidelity> places = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            Position place = given.get(i);
            if (!vocabulary.mayBe(tokens[i + 1], place.token())) {
                return Optional.empty();
            }
            float[] logits = Arrays.copyOfRange(whole.values(), i * size, (i + 1) * size);
            places.add(comparison.compare(logits, place, tokens[i + 1]));
        }
        return Optional.of(places);
    }

    private static List<String> tokens(List<Position> positions) {
        return positions.stream().map(Position::token).toList();
    }

    private static TopLogprobs top(Position position) {
        return new TopLogprobs(position.logprobs(), position.k());
    }

    /** What is kept of a place, for {@link #add(FidelityRecord)} to be given again. */
    public static FidelityRecord record(int text, int position, TokenFidelity place) {
        return new FidelityRecord(
                text,
                position,
                finite(place.divergenceLow()),
                finite(place.divergenceHigh()),
                place.sameTop(),
                place.changeLow(),
                place.changeHigh(),
                finite(place.baseLogprob()),
                finite(place.candidateLogprob()),
                place.candidateKnown());
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    /** Adds a place that was kept. */
    public void add(FidelityRecord kept) {
        add(
                String.valueOf(kept.text()),
                new TokenFidelity(
                        or(kept.divergenceLow(), Double.POSITIVE_INFINITY),
                        or(kept.divergenceHigh(), Double.POSITIVE_INFINITY),
                        kept.sameTop(),
                        kept.changeLow(),
                        kept.changeHigh(),
                        or(kept.baseLogprob(), Double.NaN),
                        or(kept.logprob(), Double.NEGATIVE_INFINITY),
                        kept.known()));
    }

    private static double or(@Nullable Double value, double other) {
        return value == null ? other : value;
    }

    /** Adds a place of a text. */
    public void add(String text, TokenFidelity place) {
        fidelity.add(text, place);
    }

    /** Adds a text that the variant cuts into other tokens. */
    public void addOtherTokens() {
        differentTexts++;
    }

    /** The figures of the texts; none where nothing could be compared. */
    public List<Measurement> measurements() {
        if (fidelity.tokens() == 0) {
            return List.of();
        }
        DivergenceFigures least = fidelity.divergenceAtLeast();
        List<Measurement> figures = new ArrayList<>();
        figures.add(mean("kl_divergence", least.mean(), 0, Double.POSITIVE_INFINITY));
        figures.add(figure("kl_divergence_median", least.percentile(MEDIAN)));
        figures.add(figure("kl_divergence_p99", least.percentile(TAIL)));
        figures.add(figure("kl_divergence_max", least.max()));
        figures.add(mean("top1_agreement", fidelity.topAgreement(), 0, 1));
        if (fidelity.isExact()) {
            figures.add(mean("probability_difference", fidelity.changeAtLeast(), -1, 1));
            figures.add(figure("probability_difference_rms", fidelity.rootMeanSquareChangeAtLeast()));
        } else {
            figures.add(figure(
                    "kl_divergence_bound", fidelity.divergenceAtMost().mean().mean()));
        }
        PerplexityRatio ratio = fidelity.perplexityRatio();
        if (ratio != null) {
            figures.add(ratio(ratio));
        }
        return figures;
    }

    private static Measurement ratio(PerplexityRatio ratio) {
        boolean bounds = ratio.standardError() != null && Double.isFinite(ratio.high());
        return new Measurement(
                "perplexity_ratio",
                "",
                "perplexity_ratio",
                storable(ratio.ratio()),
                "1",
                ratio.tokens(),
                bounds ? ratio.low() : null,
                bounds ? ratio.high() : null,
                ratio.bounded() > 0);
    }

    /**
     * Why the variant is not the same model any more, or nothing.
     *
     * @param maxKlDivergence largest mean divergence that is accepted, in nats; where it is known within bounds, the least possible
     *     one is held against it
     * @param minTop1Agreement smallest share of places with the same most likely token that is accepted
     */
    public List<Reason> violations(double maxKlDivergence, double minTop1Agreement) {
        List<Reason> violations = new ArrayList<>();
        if (differentTexts > 0) {
            violations.add(new Reason(Code.PARITY_TOKENS, null, (double) differentTexts, null));
        }
        if (fidelity.tokens() == 0) {
            violations.add(Reason.of(Code.PARITY_NOTHING_COMPARED));
            return violations;
        }
        double divergence = fidelity.divergenceAtLeast().mean().mean();
        double agreement = fidelity.topAgreement().mean();
        if (!(divergence <= maxKlDivergence)) {
            violations.add(Reason.over(Code.PARITY_DIVERGENCE, storable(divergence), maxKlDivergence));
        }
        if (agreement < minTop1Agreement) {
            violations.add(Reason.over(Code.PARITY_TOP1, agreement, minTop1Agreement));
        }
        return violations;
    }

    private Measurement mean(String name, ClusteredMean mean, double least, double most) {
        boolean bounds = mean.standardError() != null && Double.isFinite(mean.half());
        return new Measurement(
                name,
                "",
                name,
                storable(mean.mean()),
                unit(name),
                fidelity.tokens(),
                bounds ? Math.max(least, mean.mean() - mean.half()) : null,
                bounds ? Math.min(most, mean.mean() + mean.half()) : null,
                false);
    }

    private Measurement figure(String name, double value) {
        return new Measurement(name, "", name, storable(value), unit(name), fidelity.tokens(), null, null, false);
    }

    private static String unit(String name) {
        return name.startsWith("kl_") ? "nats" : "1";
    }

    /** An overflow in a broken engine must show as a violation, not break the record. */
    private static double storable(double value) {
        return Double.isFinite(value) ? value : Double.MAX_VALUE;
    }
}
