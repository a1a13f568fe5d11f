package dev.weighbridge.scoring.judge;

import java.util.Optional;

/**
 * What a judge said of one pair of answers in both orders; empty where its words had no verdict.
 *
 * @param straight with the first answer shown first, by place
 * @param swapped with the second answer shown first, by place
 */
public record PairJudgement(Optional<Verdict> straight, Optional<Verdict> swapped) {
    /** Of two replies. */
    public static PairJudgement of(String straight, String swapped) {
        return new PairJudgement(JudgeReply.verdict(straight), JudgeReply.verdict(swapped));
    }

    /** Whether both orders have a verdict. */
    public boolean readable() {
        return straight.isPresent() && swapped.isPresent();
    }

    /** Whether the two verdicts differ once places are undone. */
    public boolean inconsistent() {
        return readable() && !straight.equals(swapped.map(Verdict::swapped));
    }

    /** Which answer is better, not by place; a tie where the orders disagree (as in MT-Bench), empty where one is not readable. */
    public Optional<Verdict> verdict() {
        if (!readable()) {
            return Optional.empty();
        }
        return inconsistent() ? Optional.of(Verdict.TIE) : straight;
    }
}
