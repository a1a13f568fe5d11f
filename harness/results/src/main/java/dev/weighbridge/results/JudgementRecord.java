package dev.weighbridge.results;

import org.jspecify.annotations.Nullable;

/**
 * One question to a judge with its reply: a line of {@code judgements_<task>.jsonl}. A later line of the same judge about the same
 * question takes the place of an earlier one.
 *
 * @param judge that was asked, or would have been
 * @param about what it was asked
 * @param reply of the judge, its end where it is long; untrusted; {@code null} where there is none
 * @param verdict that was read from the reply when it came; {@code null} where it has none, and for a grade
 * @param grade that was read from the reply when it came, from 1 to 10; {@code null} where it has none, and for a pair
 * @param failure why there is no reply; {@code null} where there is one, and where none was needed
 * @param durationNs from the call of the engine to its return; 0 where a reply to the same prompt was taken
 */
public record JudgementRecord(
        Judge judge,
        Question about,
        @Nullable String reply,
        @Nullable Verdict verdict,
        @Nullable Double grade,
        @Nullable String failure,
        long durationNs) {
    /**
     * What a judge is asked about.
     *
     * @param variant whose answer is judged
     * @param baseline whose answer it is held against; {@code null} for a grade
     * @param docId position of the sample in its task set
     * @param id of the sample
     * @param docHash sha256 of the sample, hex
     * @param cluster of samples that share a source
     * @param order of the answers
     * @param promptHash sha256 of the prompt for the judge, hex; {@code null} where nothing is asked
     * @param repeat which of several answers to the sample's prompt, from 1 on; {@code null} for the first
     */
    public record Question(
            String variant,
            @Nullable String baseline,
            int docId,
            String id,
            String docHash,
            String cluster,
            Order order,
            @Nullable String promptHash,
            @Nullable Integer repeat) {
        public Question {
            repeat = repeat == null || repeat == 0 ? null : repeat;
        }

        /** Which of several answers, from 0 on. */
        public int place() {
            return repeat == null ? 0 : repeat;
        }

        /** The same about the same answers in another order. */
        public Question in(Order other, @Nullable String hash) {
            return new Question(variant, baseline, docId, id, docHash, cluster, other, hash, repeat);
        }
    }

    /** In which order answers were shown. */
    public enum Order {
        /** The variant's first. */
        STRAIGHT,
        /** The baseline's first. */
        SWAPPED,
        /** The variant's alone. */
        ALONE,
        /** Nothing was asked: both answers are the same, letter by letter, or one is missing. */
        UNASKED
    }

    /** Whose answer is better. */
    public enum Verdict {
        VARIANT,
        BASELINE,
        TIE
    }
}
