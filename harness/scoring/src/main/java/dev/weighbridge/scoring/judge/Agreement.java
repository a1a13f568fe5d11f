package dev.weighbridge.scoring.judge;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How far a judge agrees with people.
 *
 * @param counts pairs by the people's verdict and within it the judge's; what is absent is 0
 */
public record Agreement(Map<Verdict, Map<Verdict, Long>> counts) {
    public Agreement {
        counts = Map.copyOf(counts);
    }

    /**
     * Of verdicts on the same pairs, in the same order and not by place.
     *
     * @throws IllegalArgumentException when there are not equally many
     */
    public static Agreement of(List<Verdict> people, List<Verdict> judge) {
        if (people.size() != judge.size()) {
            throw new IllegalArgumentException("each pair needs a verdict of people and of the judge, got: "
                    + people.size() + " and " + judge.size());
        }
        Map<Verdict, Map<Verdict, Long>> counts = new EnumMap<>(Verdict.class);
        for (int i = 0; i < people.size(); i++) {
            counts.computeIfAbsent(people.get(i), absent -> new EnumMap<>(Verdict.class))
                    .merge(judge.get(i), 1L, Long::sum);
        }
        return new Agreement(counts);
    }

    /** Pairs. */
    public long pairs() {
        return counts.values().stream().mapToLong(Agreement::sum).sum();
    }

    /** Share of pairs with one verdict of both; NaN without pairs. */
    public double raw() {
        long same = 0;
        for (Verdict verdict : Verdict.values()) {
            same += count(verdict, verdict);
        }
        return (double) same / pairs();
    }

    /**
     * Cohen's kappa, agreement beyond chance: (p_o − p_e) / (1 − p_e) with p_e from how often each side gives each verdict (Cohen,
     * Educational and Psychological Measurement 20(1), 1960). NaN where both always give the same one.
     */
    public double kappa() {
        double total = pairs();
        double chance = 0;
        for (Verdict verdict : Verdict.values()) {
            chance += people(verdict) / total * judge(verdict) / total;
        }
        return (raw() - chance) / (1 - chance);
    }

    /** Of the pairs to which people gave a verdict, the share to which the judge gave it too; NaN where there are none. */
    public double on(Verdict verdict) {
        return count(verdict, verdict) / people(verdict);
    }

    /**
     * How much better the judge agrees where people prefer the first than where they prefer the second, from −1 to 1. With the
     * verdicts of one order of the answers this is the judge's bias for the place shown first, measured against people.
     */
    public double sideBias() {
        return on(Verdict.FIRST) - on(Verdict.SECOND);
    }

    private double people(Verdict verdict) {
        return sum(counts.getOrDefault(verdict, Map.of()));
    }

    private double judge(Verdict verdict) {
        long sum = 0;
        for (Verdict people : Verdict.values()) {
            sum += count(people, verdict);
        }
        return sum;
    }

    private long count(Verdict people, Verdict judge) {
        return counts.getOrDefault(people, Map.of()).getOrDefault(judge, 0L);
    }

    private static long sum(Map<Verdict, Long> row) {
        return row.values().stream().mapToLong(Long::longValue).sum();
    }
}
