package dev.weighbridge.scoring.text;

/** Chances that samples of code pass their tests, estimated without bias from more samples than are asked about (Chen et al., arXiv 2107.03374). */
public final class PassAtK {
    private PassAtK() {}

    /**
     * pass@k: the chance that at least one of k samples is right.
     *
     * @param n samples that were drawn, at least k
     * @param right how many of them are right
     */
    public static double any(int n, int right, int k) {
        check(n, right, k);
        if (n - right < k) {
            return 1;
        }
        double none = 1;
        for (int i = n - right + 1; i <= n; i++) {
            none *= 1 - (double) k / i;
        }
        return 1 - none;
    }

    /** pass^k: the chance that all of k samples are right. */
    public static double all(int n, int right, int k) {
        check(n, right, k);
        double all = 1;
        for (int i = 0; i < k; i++) {
            all *= Math.max(0, (double) (right - i) / (n - i));
        }
        return all;
    }

    private static void check(int n, int right, int k) {
        if (k < 1 || n < k || right < 0 || right > n) {
            throw new IllegalArgumentException("pass@k needs 1 <= k <= n and 0 <= right <= n, got: k = " + k + ", n = "
                    + n + ", right = " + right);
        }
    }
}
