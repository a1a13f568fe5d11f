package dev.weighbridge.results;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The machine at one moment of a load trial. Counters are cumulative since the machine or the process started; what could not
 * be read is {@code null}, never 0.
 *
 * @param nanos of the monotonic clock that {@link Circumstances#originNanos} is on
 * @param epochMillis of the wall clock
 * @param lateNanos how late this sample itself was taken: what the client's threads suffered at that moment
 * @param busyMicros CPU time of all cores that was neither idle nor stolen
 * @param stealMicros CPU time that the hypervisor gave to others while a core wanted to run
 * @param throttledMicros time for which the container was throttled
 * @param clientCpuMicros CPU time of the load generator's process
 * @param serverCpuMicros CPU time of the engine's process and its children
 * @param clientResidentBytes memory of the load generator's process
 * @param serverResidentBytes memory of the engine's process
 * @param availableBytes memory that the machine could still give
 * @param gpu that the engine computes on
 * @param server what the server says of itself, where it was asked just before; {@code null} at most samples
 * @param network bytes that passed through each interface of the client's network, by name
 */
public record TelemetrySample(
        long nanos,
        long epochMillis,
        long lateNanos,
        @Nullable Long busyMicros,
        @Nullable Long stealMicros,
        @Nullable Long throttledMicros,
        @Nullable Long clientCpuMicros,
        @Nullable Long serverCpuMicros,
        @Nullable Long clientResidentBytes,
        @Nullable Long serverResidentBytes,
        @Nullable Long availableBytes,
        @Nullable Gpu gpu,
        @Nullable Server server,
        @Nullable Map<String, Network> network) {
    /** The interface of a machine to itself, as Linux calls it. */
    public static final String LOOPBACK = "lo";

    public TelemetrySample {
        network = network == null ? null : Map.copyOf(network);
    }

    /** A sample without anything of a network. */
    public TelemetrySample(
            long nanos,
            long epochMillis,
            long lateNanos,
            @Nullable Long busyMicros,
            @Nullable Long stealMicros,
            @Nullable Long throttledMicros,
            @Nullable Long clientCpuMicros,
            @Nullable Long serverCpuMicros,
            @Nullable Long clientResidentBytes,
            @Nullable Long serverResidentBytes,
            @Nullable Long availableBytes,
            @Nullable Gpu gpu,
            @Nullable Server server) {
        this(
                nanos,
                epochMillis,
                lateNanos,
                busyMicros,
                stealMicros,
                throttledMicros,
                clientCpuMicros,
                serverCpuMicros,
                clientResidentBytes,
                serverResidentBytes,
                availableBytes,
                gpu,
                server,
                null);
    }

    /** A sample without anything of the server's own or of a network. */
    public TelemetrySample(
            long nanos,
            long epochMillis,
            long lateNanos,
            @Nullable Long busyMicros,
            @Nullable Long stealMicros,
            @Nullable Long throttledMicros,
            @Nullable Long clientCpuMicros,
            @Nullable Long serverCpuMicros,
            @Nullable Long clientResidentBytes,
            @Nullable Long serverResidentBytes,
            @Nullable Long availableBytes,
            @Nullable Gpu gpu) {
        this(
                nanos,
                epochMillis,
                lateNanos,
                busyMicros,
                stealMicros,
                throttledMicros,
                clientCpuMicros,
                serverCpuMicros,
                clientResidentBytes,
                serverResidentBytes,
                availableBytes,
                gpu,
                null,
                null);
    }

    /**
     * Bytes through one interface since it came up.
     *
     * @param receivedBytes by this machine
     * @param sentBytes by this machine
     */
    public record Network(long receivedBytes, long sentBytes) {}

    /**
     * A server at that moment, by its own metrics under common names; what it does not tell is {@code null}.
     *
     * @param waiting requests that have not begun
     * @param running requests that are being answered
     * @param cacheShare of the KV cache that is in use, between 0 and 1
     * @param preemptions of running requests, since it began
     * @param prefixQueries tokens that were looked up in the prefix cache, since it began
     * @param prefixHits of them that were found there
     */
    public record Server(
            @Nullable Double waiting,
            @Nullable Double running,
            @Nullable Double cacheShare,
            @Nullable Double preemptions,
            @Nullable Double prefixQueries,
            @Nullable Double prefixHits) {}

    /**
     * A graphics processor at that moment, as its driver tells; what it does not tell is {@code null}.
     *
     * @param utilisationPercent share of the driver's last sampling period in which a kernel ran
     * @param usedBytes of its memory, by whatever process
     * @param clockMegahertz of its multiprocessors
     * @param powerMilliwatts drawn by the whole board
     * @param energyMillijoules drawn by the whole board since the driver was loaded
     */
    public record Gpu(
            @Nullable Integer utilisationPercent,
            @Nullable Long usedBytes,
            @Nullable Integer clockMegahertz,
            @Nullable Integer powerMilliwatts,
            @Nullable Long energyMillijoules) {}
}
