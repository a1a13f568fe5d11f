package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.BadModel;
import dev.weighbridge.inference.model.Rotary;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rotary positions of a configuration, with the scalings of transformers' {@code modeling_rope_utils}: linear, dynamic, llama3,
 * yarn and longrope, where older configurations have them under {@code rope_scaling} and newer ones under
 * {@code rope_parameters}.
 *
 * @param rotary frequencies and factor
 * @param contextLength up to which they hold
 */
record RotaryPositions(Rotary rotary, int contextLength) {
    private static final double STANDARD_BASE = 10_000;

    /**
     * Reads them.
     *
     * @param headSize of which the model's share is rotated
     * @param share that is rotated unless the configuration says another one
     * @param contextLength that the model was made for, after any scaling
     */
    static RotaryPositions of(Configuration config, int headSize, double share, int contextLength) {
        double topBase = config.positive("rope_theta", STANDARD_BASE);
        double topShare = config.share("partial_rotary_factor", share);
        return of(config, scaling(config), topBase, topShare, headSize, contextLength);
    }

    /** The object that newer or older configurations have, or {@code null}. */
    static @Nullable Configuration scaling(Configuration config) {
        Configuration newer = config.object("rope_parameters");
        Configuration older = config.object("rope_scaling");
        return newer != null ? newer : older;
    }

    /**
     * From the object that holds scaling and, in newer configurations, base and share.
     *
     * @param scaling may be {@code null}: no scaling
     */
    static RotaryPositions of(
            Configuration config,
            @Nullable Configuration scaling,
            double standardBase,
            double standardShare,
            int headSize,
            int contextLength) {
        double base = scaling == null ? standardBase : scaling.positive("rope_theta", standardBase);
        double share = scaling == null ? standardShare : scaling.share("partial_rotary_factor", standardShare);
        int size = (int) (headSize * share);
        if (size < 2 || size % 2 != 0) {
            throw config.refusal("heads of which " + size + " values are rotated", "an even number of them");
        }
        List<Double> plain = frequencies(base, size);
        if (scaling == null) {
            return new RotaryPositions(new Rotary(plain, 1), contextLength);
        }
        String type = scaling.text("rope_type", scaling.text("type", "default"));
        scaling.ignore("type");
        RotaryPositions positions = switch (type) {
            case "default" -> new RotaryPositions(new Rotary(plain, 1), contextLength);
            case "linear" -> linear(scaling, plain, contextLength);
            case "dynamic" -> dynamic(config, scaling, plain, contextLength);
            case "llama3" -> llama3(config, scaling, plain, contextLength);
            case "yarn" -> yarn(scaling, base, size, contextLength);
            case "longrope", "su" -> longRope(config, scaling, plain, contextLength);
            default ->
                throw config.refusal(
                        "rope_type '" + BadModel.shown(type) + "'",
                        "default, linear, dynamic, llama3, yarn and longrope");
        };
        scaling.requireAllRead("under its rotary positions ");
        return positions;
    }

    private static List<Double> frequencies(double base, int size) {
        List<Double> frequencies = new ArrayList<>();
        for (int pair = 0; pair < size / 2; pair++) {
            frequencies.add(Math.pow(base, -2.0 * pair / size));
        }
        return frequencies;
    }

    private static RotaryPositions linear(Configuration scaling, List<Double> plain, int contextLength) {
        double factor = factor(scaling);
        return new RotaryPositions(
                new Rotary(plain.stream().map(f -> f / factor).toList(), 1), contextLength);
    }

    /** The base grows with a sequence longer than the model was trained for; up to there it is as it was. */
    private static RotaryPositions dynamic(
            Configuration config, Configuration scaling, List<Double> plain, int contextLength) {
        factor(scaling);
        int original = original(config, scaling, contextLength);
        return new RotaryPositions(new Rotary(plain, 1), Math.min(original, contextLength));
    }

    private static RotaryPositions llama3(
            Configuration config, Configuration scaling, List<Double> plain, int contextLength) {
        double factor = factor(scaling);
        double low = scaling.positive("low_freq_factor", 1);
        double high = scaling.positive("high_freq_factor", 4);
        int original = original(config, scaling, contextLength);
        List<Double> scaled = new ArrayList<>();
        for (double frequency : plain) {
            double wave = 2 * Math.PI / frequency;
            double smooth = (original / wave - low) / (high - low);
            if (wave < original / high) {
                scaled.add(frequency);
            } else if (wave > original / low) {
                scaled.add(frequency / factor);
            } else {
                scaled.add((1 - smooth) * frequency / factor + smooth * frequency);
            }
        }
        return new RotaryPositions(new Rotary(scaled, 1), contextLength);
    }

    /** YaRN, arXiv 2309.00071: fast pairs stay, slow ones are stretched, those between are mixed by a ramp. */
    private static RotaryPositions yarn(Configuration scaling, double base, int size, int contextLength) {
        int original = scaling.whole("original_max_position_embeddings", contextLength);
        double factor = scaling.positive("factor", (double) contextLength / original);
        double mscale = scaling.positive("mscale", 0);
        double mscaleAll = scaling.positive("mscale_all_dim", 0);
        double attention = scaling.positive(
                "attention_factor",
                mscale > 0 && mscaleAll > 0 ? mscale(factor, mscale) / mscale(factor, mscaleAll) : mscale(factor, 1));
        double low = turns(scaling.positive("beta_fast", 32), base, size, original);
        double high = turns(scaling.positive("beta_slow", 1), base, size, original);
        if (scaling.flag("truncate", true)) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, size - 1);
        double span = low == high ? 0.001 : high - low;
        List<Double> plain = frequencies(base, size);
        List<Double> scaled = new ArrayList<>();
        for (int pair = 0; pair < plain.size(); pair++) {
            double stretched = Math.max(0, Math.min(1, (pair - low) / span));
            scaled.add(plain.get(pair) / factor * stretched + plain.get(pair) * (1 - stretched));
        }
        return new RotaryPositions(new Rotary(scaled, attention), contextLength);
    }

    private static double mscale(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }

    /** The pair that turns so often over the trained length. */
    private static double turns(double count, double base, int size, int original) {
        return size * Math.log(original / (count * 2 * Math.PI)) / (2 * Math.log(base));
    }

    /**
     * One divisor a pair. Within the trained length the short ones hold; transformers changes to the long ones for a whole
     * sequence once it is longer, which a KV cache cannot follow, so that the context ends where they would begin.
     */
    private static RotaryPositions longRope(
            Configuration config, Configuration scaling, List<Double> plain, int contextLength) {
        int original = original(config, scaling, contextLength);
        List<Double> divisors = scaling.positives("short_factor", plain.size());
        scaling.positives("long_factor", plain.size());
        double factor = scaling.positive("factor", (double) contextLength / original);
        double attention = scaling.positive(
                "attention_factor", factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original)));
        List<Double> scaled = new ArrayList<>();
        for (int pair = 0; pair < plain.size(); pair++) {
            scaled.add(plain.get(pair) / divisors.get(pair));
        }
        return new RotaryPositions(new Rotary(scaled, attention), Math.min(original, contextLength));
    }

    private static int original(Configuration config, Configuration scaling, int contextLength) {
        int top = config.whole("original_max_position_embeddings", contextLength);
        return scaling.whole("original_max_position_embeddings", top);
    }

    private static double factor(Configuration scaling) {
        double factor = scaling.positive("factor", Double.NaN);
        if (Double.isNaN(factor)) {
            throw scaling.damaged("factor", "a number above 0");
        }
        return factor;
    }
}
