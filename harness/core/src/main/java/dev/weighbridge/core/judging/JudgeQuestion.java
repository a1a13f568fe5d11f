package dev.weighbridge.core.judging;

import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgementRecord;
import dev.weighbridge.results.JudgementRecord.Order;
import dev.weighbridge.results.JudgementRecord.Question;
import dev.weighbridge.results.JudgementRecord.Verdict;
import dev.weighbridge.scoring.judge.JudgeReply;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A question to a judge, or why there is none.
 *
 * @param about what it is
 * @param prompt for the judge; {@code null} where it is not asked
 * @param failure why it cannot be asked; {@code null} where it can, and where both answers are the same
 */
public record JudgeQuestion(
        Question about, @Nullable String prompt, @Nullable String failure) {
    private static final int LONGEST_FAILURE = 300;

    static JudgeQuestion asked(Question sample, Order order, String prompt) {
        return new JudgeQuestion(sample.in(order, JudgeAsking.sha256(prompt)), prompt, null);
    }

    static JudgeQuestion unasked(Question sample, @Nullable String failure) {
        return new JudgeQuestion(sample.in(Order.UNASKED, null), null, failure);
    }

    /** What is kept of a question that is not asked: a tie where both answers are the same. */
    JudgementRecord settled(Judge judge) {
        return new JudgementRecord(judge, about, null, failure == null ? Verdict.TIE : null, null, failure, 0);
    }

    /** What is kept of it with a reply. */
    JudgementRecord replied(Judge judge, String reply, long durationNs) {
        String end = reply.substring(Math.max(0, reply.length() - JudgeReply.LOOKED_AT));
        if (judge.kind() == Judge.Kind.PAIRS) {
            return new JudgementRecord(judge, about, end, verdict(end), null, null, durationNs);
        }
        OptionalDouble grade = JudgeReply.rating(end);
        return new JudgementRecord(
                judge, about, end, null, grade.isPresent() ? grade.getAsDouble() : null, null, durationNs);
    }

    /** What is kept of it when the engine gave no reply. */
    JudgementRecord failed(Judge judge, String reason, long durationNs) {
        String cut = reason.length() > LONGEST_FAILURE ? reason.substring(0, LONGEST_FAILURE) : reason;
        return new JudgementRecord(judge, about, null, null, null, cut, durationNs);
    }

    private @Nullable Verdict verdict(String reply) {
        return JudgeReply.verdict(reply)
                .map(place -> about.order() == Order.SWAPPED ? place.swapped() : place)
                .map(whose -> switch (whose) {
                    case FIRST -> Verdict.VARIANT;
                    case SECOND -> Verdict.BASELINE;
                    case TIE -> Verdict.TIE;
                })
                .orElse(null);
    }
}
