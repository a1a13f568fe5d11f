package dev.weighbridge.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.results.TelemetrySample;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ServerMetricsTest {
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<@Nullable String> authorization = new AtomicReference<>();
    private volatile String answer = "";
    private volatile int status = 200;
    private volatile CountDownLatch expected = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/base/metrics", exchange -> {
            authorization.set(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
            asked.incrementAndGet();
            expected.countDown();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private ServerMetrics metrics() {
        URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/base/");
        return ServerMetrics.start(
                new Endpoint(base, "m", Endpoint.COMPLETIONS, Map.of("Authorization", "Bearer k"), Map.of()),
                "/metrics");
    }

    /** Waits for the value to be taken over after the answer was sent. */
    private static TelemetrySample.Server next(ServerMetrics metrics) throws InterruptedException {
        TelemetrySample.Server server = metrics.next();
        while (server == null) {
            Thread.sleep(5);
            server = metrics.next();
        }
        return server;
    }

    @Test
    void aServersMetricsComeOnceEach() throws InterruptedException {
        answer = "vllm:num_requests_waiting{model_name=\"a\"} 3.0\nvllm:num_requests_running{model_name=\"a\"} 8.0\n";
        try (ServerMetrics metrics = metrics()) {
            assertThat(next(metrics)).isEqualTo(new TelemetrySample.Server(3.0, 8.0, null, null, null, null));
            assertThat(metrics.next()).isNull();
            assertThat(authorization.get()).isEqualTo("Bearer k");
            answer = "vllm:num_requests_waiting 5\n";
            TelemetrySample.Server second = next(metrics);
            while (second.waiting() == 3.0) {
                second = next(metrics);
            }
            assertThat(second.waiting()).isEqualTo(5.0);
        }
    }

    @Test
    void metricsOnAnotherPortAreSentNoHeaders() throws InterruptedException {
        answer =
                "nv_inference_pending_request_count{model=\"a\"} 2\nnv_inference_pending_request_count{model=\"b\"} 3\n";
        Endpoint elsewhere = new Endpoint(
                URI.create("http://127.0.0.1:9"), "m", Endpoint.KSERVE, Map.of("Authorization", "Bearer k"), Map.of());
        String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/base/metrics";
        try (ServerMetrics metrics = ServerMetrics.start(elsewhere, address)) {
            assertThat(next(metrics)).isEqualTo(new TelemetrySample.Server(5.0, null, null, null, null, null));
            assertThat(authorization.get()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"404", "200"})
    void aServerWithoutMetricsThatMeanSomethingIsAskedOnce(int code) throws InterruptedException {
        status = code;
        answer = "python_gc_objects_collected_total{generation=\"0\"} 1291.0\n";
        try (ServerMetrics metrics = metrics()) {
            assertThat(expected.await(10, TimeUnit.SECONDS)).isTrue();
            expected = new CountDownLatch(1);
            assertThat(expected.await(2 * ServerMetrics.INTERVAL.toMillis(), TimeUnit.MILLISECONDS))
                    .isFalse();
            assertThat(metrics.next()).isNull();
        }
        assertThat(asked).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a 1; a; 1",
                "a{} 2; a; 2",
                "a{x=\"1\"} 2\\na{x=\"2\"} 3; a; 5",
                "a{x=\"}\\\"} 9\",y=\"{\"} 4 1700000000000; a; 4",
                "# HELP a 7\\n# TYPE a gauge\\n  a   1e3 ; a; 1000",
                "a:b_c{le=\"+Inf\"} 12; a:b_c; 12"
            })
    void valuesAreReadWithoutTheirLabels(String text, String name, double value) {
        assertThat(PrometheusText.read(text.replace("\\n", "\n"))).containsEntry(name, value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "a{", "a{x=\"1} 2", "{} 3", " 4", "a NaN", "a +Inf", "a one", "#a 1", "<html> <b>1</b>"
            })
    void whatIsNoValueIsPassedOver(String text) {
        assertThat(PrometheusText.read(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "vllm:gpu_cache_usage_perc 0.25, 0.25",
        "vllm:kv_cache_usage_perc 0.5, 0.5",
        "sglang:token_usage 0.125, 0.125",
        "llamacpp:kv_cache_usage_ratio 1, 1"
    })
    void theSameThingHasManyNames(String line, double share) {
        TelemetrySample.Server read = ServerMetricNames.read(PrometheusText.read(line));
        assertThat(read).isNotNull();
        assertThat(read.cacheShare()).isEqualTo(share);
    }

    @Test
    void whatIsUnknownIsNone() {
        assertThat(ServerMetricNames.read(Map.of("up", 1.0))).isNull();
    }
}
