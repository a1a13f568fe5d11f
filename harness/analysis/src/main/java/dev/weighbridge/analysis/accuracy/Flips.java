package dev.weighbridge.analysis.accuracy;

/**
 * Answers that changed between right and wrong. Two variants can be right equally often and still disagree on many samples.
 *
 * @param n samples that both answered
 * @param rightToWrong right at the base, wrong at the candidate
 * @param wrongToRight wrong at the base, right at the candidate
 */
public record Flips(long n, long rightToWrong, long wrongToRight) {

    /**
     * @throws IllegalArgumentException when the counts do not fit
     */
    public Flips {
        if (rightToWrong < 0 || wrongToRight < 0 || rightToWrong + wrongToRight > n) {
            throw new IllegalArgumentException("flips are at least 0 and together no more than the samples, got: "
                    + rightToWrong + ", " + wrongToRight + " of " + n);
        }
    }

    /**
     * Counts flips.
     *
     * @param base whether each sample was answered right by the base
     * @param candidate the same of the candidate, in the same order
     * @throws IllegalArgumentException when there are not as many of each
     */
    public static Flips of(boolean[] base, boolean[] candidate) {
        if (base.length != candidate.length) {
            throw new IllegalArgumentException(
                    "flips need the same samples of both, got: " + base.length + " and " + candidate.length);
        }
        long toWrong = 0;
        long toRight = 0;
        for (int i = 0; i < base.length; i++) {
            toWrong += base[i] && !candidate[i] ? 1 : 0;
            toRight += !base[i] && candidate[i] ? 1 : 0;
        }
        return new Flips(base.length, toWrong, toRight);
    }

    /** Share of the samples that flipped either way; NaN of no samples. */
    public double share() {
        return (double) (rightToWrong + wrongToRight) / n;
    }

    /** Two-sided p of McNemar's exact test. */
    public double mcnemarP() {
        return new PairedComparison(n, wrongToRight, rightToWrong, null, null).equalityP();
    }
}
