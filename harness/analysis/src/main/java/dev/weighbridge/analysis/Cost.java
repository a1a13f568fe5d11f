package dev.weighbridge.analysis;

import dev.weighbridge.results.Measurement;
import java.util.function.DoubleUnaryOperator;

/** What serving costs at a capacity, in US dollars. */
public final class Cost {
    private static final double SECONDS_PER_HOUR = 3600;
    private static final double MILLION = 1e6;
    private static final double THOUSAND = 1e3;

    private Cost() {}

    /** Price of a million output tokens: price an hour / 3600 / (requests a second × tokens a request) × 10⁶. */
    public static double usdPerMillionTokens(double usdPerHour, double requestsPerSecond, double tokens) {
        return usdPerHour / SECONDS_PER_HOUR / (requestsPerSecond * tokens) * MILLION;
    }

    static Measurement perMillionTokens(double usdPerHour, Measurement rate, double tokens) {
        return falling(Metric.COST, "USD", rate, r -> usdPerMillionTokens(usdPerHour, r, tokens));
    }

    static Measurement perThousandRequests(double usdPerHour, Measurement rate) {
        return falling(Metric.COST_PER_REQUESTS, "USD", rate, r -> usdPerHour / SECONDS_PER_HOUR / r * THOUSAND);
    }

    static Measurement perThousandCorrect(double usdPerHour, Measurement rate, double accuracy) {
        return falling(
                Metric.COST_PER_CORRECT, "USD", rate, r -> usdPerHour / SECONDS_PER_HOUR / r * THOUSAND / accuracy);
    }

    static Measurement tokensPerSecond(Measurement rate, double tokens) {
        Double low = rate.low();
        Double high = rate.high();
        return new Measurement(
                Metric.TOKENS_AT_CAPACITY.id(),
                "",
                Metric.TOKENS_AT_CAPACITY.id(),
                rate.value() * tokens,
                "tokens/s",
                rate.samples(),
                low == null ? null : low * tokens,
                high == null ? null : high * tokens,
                rate.uncertain());
    }

    /** A figure that falls as the rate rises: the ends of the interval change places. A rate of 0 has no price. */
    private static Measurement falling(Metric metric, String unit, Measurement rate, DoubleUnaryOperator usd) {
        Double low = rate.low();
        Double high = rate.high();
        boolean bounded = low != null && high != null && low > 0;
        return new Measurement(
                metric.id(),
                "",
                metric.id(),
                usd.applyAsDouble(rate.value()),
                unit,
                rate.samples(),
                bounded && high != null ? usd.applyAsDouble(high) : null,
                bounded && low != null ? usd.applyAsDouble(low) : null,
                rate.uncertain());
    }
}
