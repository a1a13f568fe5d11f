package dev.weighbridge.analysis.capacity;

import dev.weighbridge.results.Measurement;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * How much a capacity differs from one block to the next on this machine, by the variants that were measured in several.
 *
 * @param deviation pooled standard deviation of the logarithms within variants; 0 where none has two blocks yet
 */
public record BlockNoise(double deviation) {
    /**
     * Room for what has been measured in one block alone, before the run knows its own noise. On a machine that shares its
     * physical cores unseen, one engine's capacity was seen to differ by a factor of 1.8 between blocks, which is more than this
     * leaves room for.
     */
    private static final double ROOM_OF_ONE_BLOCK = 1.25;

    /** How far a short search can exceed a saturation without any noise. */
    private static final double OVER_SATURATION = 1.1;

    /** Deviations that a single observation is allowed to be off. */
    private static final double DEVIATIONS = 2;

    /** The noise that the variants of a run show. */
    public static BlockNoise of(Collection<CapacityEstimate> estimates) {
        double squares = 0;
        int degrees = 0;
        for (CapacityEstimate estimate : estimates) {
            double[] logs =
                    estimate.byBlock().values().stream().mapToDouble(Math::log).toArray();
            double mean = Arrays.stream(logs).average().orElse(0);
            for (double log : logs) {
                squares += (log - mean) * (log - mean);
            }
            degrees += Math.max(0, logs.length - 1);
        }
        return new BlockNoise(degrees == 0 ? 0 : Math.sqrt(squares / degrees));
    }

    /** The factor by which an estimate's interval may still be off: 1 where it comes from several blocks and says so itself. */
    public double room(CapacityEstimate estimate) {
        double seen = Math.exp(DEVIATIONS * deviation);
        return switch (estimate.byBlock().size()) {
            case 0 -> Math.max(1, OVER_SATURATION * seen / CapacityEstimate.ROOM_OVER_SATURATION);
            case 1 -> Math.max(ROOM_OF_ONE_BLOCK, seen);
            default -> 1;
        };
    }

    /** The highest rate that a variant could still turn out to hold; {@code null} when nothing bounds it. */
    public @Nullable Double best(CapacityEstimate estimate) {
        Measurement rate = estimate.rate();
        Double high = rate == null ? estimate.bestRate() : rate.high();
        return high == null ? null : Double.valueOf(high * room(estimate));
    }
}
