package dev.weighbridge.api.load;

/**
 * How far a client's own stamps are off on this machine, against those of a streaming server that writes when it is due and notes
 * when it did. All times in nanoseconds; percentiles by nearest rank.
 *
 * @param requests that were compared
 * @param streamsPerSecond at which requests came
 * @param ttftP50 what the client adds to the time of the first token: its stamp less the server's, at the median
 * @param ttftP99 the same at the 99th percentile
 * @param itlP99 how far a gap between tokens is off, either way, at the 99th percentile
 * @param startP50 from the time that the schedule wanted to the time that the client began to send, at the median
 * @param startP99 the same at the 99th percentile
 */
public record ClientErrors(
        long requests,
        double streamsPerSecond,
        long ttftP50,
        long ttftP99,
        long itlP99,
        long startP50,
        long startP99) {}
