package dev.weighbridge.api.load;

/** How one request ended. Only {@link #COMPLETED} requests have latencies; all of them stay in the denominator. */
public enum Outcome {
    COMPLETED("completed"),
    /** HTTP 429 or 503. */
    REJECTED("rejected"),
    FAILED_CONNECT("failed-connect"),
    FAILED_TLS("failed-tls"),
    FAILED_HTTP_STATUS("failed-http-status"),
    FAILED_MALFORMED_STREAM("failed-malformed-stream"),
    /** The stream ended before its end mark. */
    FAILED_TRUNCATED("failed-truncated"),
    /** The stream ended well but carried no output. */
    FAILED_EMPTY("failed-empty"),
    /** The server reported an error inside the stream. */
    FAILED_ENGINE("failed-engine"),
    TIMED_OUT("timed-out"),
    CANCELLED("cancelled");

    private final String id;

    Outcome(String id) {
        this.id = id;
    }

    /** The name in records and reports. */
    public String id() {
        return id;
    }
}
