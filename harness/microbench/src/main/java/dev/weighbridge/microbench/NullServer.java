package dev.weighbridge.microbench;

import dev.weighbridge.load.calibration.NullStreamingServer;
import java.time.Duration;

/** A server without a model in a process of its own, for {@code scripts/compare-clients}: it costs a client nothing but itself. */
public final class NullServer {
    private NullServer() {}

    /**
     * Prints its address and answers until it is ended.
     *
     * @param arguments tokens of each answer, and milliseconds between two of them
     */
    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length != 2 || !arguments[0].matches("\\d{1,6}") || !arguments[1].matches("\\d{1,6}")) {
            System.err.println("usage: NullServer TOKENS MILLISECONDS");
            System.exit(2);
        }
        Duration gap = Duration.ofMillis(Integer.parseInt(arguments[1]));
        try (NullStreamingServer server = NullStreamingServer.start(Integer.parseInt(arguments[0]), gap, gap)) {
            System.out.println(server.endpoint());
            Thread.currentThread().join();
        }
    }
}
