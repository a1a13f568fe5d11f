package dev.weighbridge.core.telemetry;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.ProxySettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How far a server's clock is ahead of this machine's, by the moment at which the second of its {@code Date} header (RFC 9110,
 * section 6.6.1) changes. Injectors that load the same server can compare their clocks by it.
 */
public final class ServerClock {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MOST_QUESTIONS = 400;
    private static final long PAUSE_MILLIS = 4;

    private ServerClock() {}

    /** What a server says of the time. */
    @FunctionalInterface
    interface Question {
        /**
         * Asks once.
         *
         * @return its time, to the second, or {@code null} when it tells none
         */
        @Nullable
        Instant ask() throws IOException, InterruptedException;
    }

    /**
     * Milliseconds by which the server's clock is ahead; empty where it tells no time, or too coarsely. Takes up to a second and a half.
     */
    public static OptionalDouble aheadMillis(Endpoint endpoint) throws InterruptedException {
        HttpClient client = ProxySettings.client().connectTimeout(PATIENCE).build();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(endpoint.base().toString()))
                .timeout(PATIENCE)
                .method("HEAD", HttpRequest.BodyPublishers.noBody());
        endpoint.headers().forEach(request::header);
        ProxySettings.current()
                .authorization(endpoint.base())
                .ifPresent(value -> request.setHeader(ProxySettings.AUTHORIZATION, value));
        HttpRequest head = request.build();
        return aheadMillis(
                () -> date(client.send(head, HttpResponse.BodyHandlers.discarding())),
                System::currentTimeMillis,
                PAUSE_MILLIS);
    }

    static OptionalDouble aheadMillis(Question question, LongSupplier millis, long pauseMillis)
            throws InterruptedException {
        Instant last = null;
        try {
            for (int i = 0; i < MOST_QUESTIONS; i++) {
                long asked = millis.getAsLong();
                Instant told = question.ask();
                long answered = millis.getAsLong();
                if (told == null) {
                    return OptionalDouble.empty();
                }
                if (last != null && told.isAfter(last)) {
                    // Its second began between the last question and this answer; this one is the tighter bound.
                    return OptionalDouble.of(told.toEpochMilli() - (asked + answered) / 2.0);
                }
                last = told;
                Thread.sleep(pauseMillis);
            }
        } catch (IOException e) {
            // A server that does not answer is told of by the load itself.
            return OptionalDouble.empty();
        }
        return OptionalDouble.empty();
    }

    private static @Nullable Instant date(HttpResponse<?> response) {
        try {
            return response.headers()
                    .firstValue("Date")
                    .map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant())
                    .orElse(null);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
