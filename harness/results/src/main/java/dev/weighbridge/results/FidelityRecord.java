package dev.weighbridge.results;

import org.jspecify.annotations.Nullable;

/**
 * How close a variant's next-token distribution is to the baseline's at one place of a text: a line of {@code fidelity.jsonl}.
 * What is only known within bounds is given by both.
 *
 * @param text number of the text, from 0
 * @param position of the token that is predicted, from 1
 * @param divergenceLow least Kullback-Leibler divergence from the baseline that is possible, in nats; {@code null} when it is infinite
 * @param divergenceHigh largest that is possible, in nats; {@code null} when nothing bounds it
 * @param sameTop whether both find the same token most likely
 * @param changeLow least change of the token's probability that is possible, variant less baseline
 * @param changeHigh largest that is possible
 * @param baseLogprob the baseline's log-probability of the token, in nats; {@code null} when it is not known
 * @param logprob the variant's, or the largest that is possible; {@code null} when it is minus infinity
 * @param known whether the variant's is known
 */
public record FidelityRecord(
        int text,
        int position,
        @Nullable Double divergenceLow,
        @Nullable Double divergenceHigh,
        boolean sameTop,
        double changeLow,
        double changeHigh,
        @Nullable Double baseLogprob,
        @Nullable Double logprob,
        boolean known) {}
