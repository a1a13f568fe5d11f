package dev.weighbridge.core.telemetry;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.ProxySettings;
import dev.weighbridge.results.TelemetrySample;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Asks a server for its metrics again and again on a thread of its own, until it is closed or none come. */
public final class ServerMetrics implements AutoCloseable {
    /** Time between two questions: each costs the server something. */
    static final Duration INTERVAL = Duration.ofMillis(500);

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MOST_BYTES = 1 << 20;

    /** One for all: each keeps a thread for as long as it is not forgotten. */
    private static final HttpClient CLIENT =
            ProxySettings.client().connectTimeout(PATIENCE).build();

    private final HttpRequest request;
    private final AtomicReference<TelemetrySample.@Nullable Server> latest = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean closed;

    private ServerMetrics(HttpRequest request) {
        this.request = request;
        thread = new Thread(this::askUntilClosed, "weighbridge-server-metrics");
        thread.setDaemon(true);
    }

    /**
     * Starts to ask a server.
     *
     * @param path of its metrics, or their whole address, which is sent none of the endpoint's headers: they may be secret
     */
    public static ServerMetrics start(Endpoint endpoint, String path) {
        boolean own = path.startsWith("/");
        URI address = URI.create(own ? endpoint.address(path) : path);
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(PATIENCE);
        ProxySettings.current()
                .authorization(address)
                .ifPresent(value -> request.setHeader(ProxySettings.AUTHORIZATION, value));
        if (own) {
            endpoint.headers().forEach(request::header);
        }
        ServerMetrics metrics = new ServerMetrics(request.build());
        metrics.thread.start();
        return metrics;
    }

    /** What came since this was asked last, or {@code null} when nothing did. */
    TelemetrySample.@Nullable Server next() {
        return latest.getAndSet(null);
    }

    private void askUntilClosed() {
        boolean known = false;
        try {
            while (!closed) {
                TelemetrySample.Server answer = ask();
                if (answer == null && !known) {
                    // It has no metrics, or none that mean anything here.
                    return;
                }
                known = true;
                if (answer != null) {
                    latest.set(answer);
                }
                Thread.sleep(INTERVAL.toMillis());
            }
        } catch (InterruptedException e) {
            // Closed while it waited.
            Thread.currentThread().interrupt();
        }
    }

    private TelemetrySample.@Nullable Server ask() throws InterruptedException {
        try {
            HttpResponse<InputStream> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                String text = new String(body.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
                return response.statusCode() == 200 ? ServerMetricNames.read(PrometheusText.read(text)) : null;
            }
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
