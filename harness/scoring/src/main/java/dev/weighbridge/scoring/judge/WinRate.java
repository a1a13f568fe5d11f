package dev.weighbridge.scoring.judge;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How often the first of two sides wins.
 *
 * @param wins pairs that the first wins
 * @param ties pairs that neither wins, those judged inconsistently among them
 * @param losses pairs that the second wins
 * @param inconsistent pairs whose verdict changed with the order
 * @param unreadable pairs without a verdict in one order or both; they count nowhere else but in {@code shownFirst}
 * @param shownFirst of the verdicts that are no tie, how many fell on the answer shown first
 * @param decided verdicts that are no tie, two of a pair at most
 */
public record WinRate(
        long wins, long ties, long losses, long inconsistent, long unreadable, long shownFirst, long decided) {
    /** Over pairs. */
    public static WinRate of(List<PairJudgement> pairs) {
        List<Verdict> places = pairs.stream()
                .flatMap(pair -> Stream.of(pair.straight(), pair.swapped()).flatMap(Optional::stream))
                .filter(verdict -> verdict != Verdict.TIE)
                .toList();
        return new WinRate(
                count(pairs, Verdict.FIRST),
                count(pairs, Verdict.TIE),
                count(pairs, Verdict.SECOND),
                pairs.stream().filter(PairJudgement::inconsistent).count(),
                pairs.stream().filter(pair -> !pair.readable()).count(),
                places.stream().filter(verdict -> verdict == Verdict.FIRST).count(),
                places.size());
    }

    private static long count(List<PairJudgement> pairs, Verdict verdict) {
        return pairs.stream()
                .filter(pair -> pair.verdict().equals(Optional.of(verdict)))
                .count();
    }

    /** Share of pairs that the first wins, a tie being half a win; NaN where none is readable. */
    public double rate() {
        return (wins + ties / 2.0) / (wins + ties + losses);
    }

    /** Share of readable pairs whose verdict changed with the order; NaN where none is readable. */
    public double inconsistency() {
        return (double) inconsistent / (wins + ties + losses);
    }

    /** Share of decided verdicts for the answer shown first: 0.5 without position bias; NaN where none is decided. */
    public double positionBias() {
        return (double) shownFirst / decided;
    }
}
