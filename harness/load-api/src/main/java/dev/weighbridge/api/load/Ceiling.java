package dev.weighbridge.api.load;

/**
 * The most a load generator itself could do on this machine, measured against a server that does no work. A run above
 * half of either figure may have measured the client and not the server.
 *
 * @param requestsPerSecond completed requests a second with answers of one chunk each; above 0
 * @param eventsPerSecond output chunks a second with answers of many chunks; above 0
 */
public record Ceiling(double requestsPerSecond, double eventsPerSecond) {
    public Ceiling {
        if (!(requestsPerSecond > 0) || !(eventsPerSecond > 0)) {
            throw new IllegalArgumentException("a client ceiling must be above 0, got: " + requestsPerSecond
                    + " requests/s and " + eventsPerSecond + " events/s");
        }
    }
}
