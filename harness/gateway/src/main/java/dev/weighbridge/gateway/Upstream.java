package dev.weighbridge.gateway;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;

/** The server behind the gateway; connections to it are kept and used again. */
final class Upstream {
    /** Headers of one connection (RFC 9110 section 7.6.1) and those that the client of the JDK sets itself. */
    private static final Set<String> OF_A_CONNECTION = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "host",
            "content-length",
            "expect",
            "http2-settings");

    private final String base;
    private final Duration timeout;
    private final HttpClient http;

    Upstream(URI address, Duration timeout, Executor executor) {
        String text = address.toString();
        this.base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        this.timeout = timeout;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .executor(executor)
                .build();
    }

    /**
     * Asks the server what the client asked.
     *
     * @param readable whether the answer must come without a content coding
     */
    CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> ask(
            Request request, byte[] body, boolean readable) {
        HttpRequest asked;
        try {
            HttpRequest.Builder builder = HttpRequest.newBuilder(
                            URI.create(base + request.getHttpURI().getPathQuery()))
                    .timeout(timeout)
                    .method(
                            request.getMethod(),
                            body.length == 0
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofByteArray(body));
            Set<String> dropped = ofConnection(request.getHeaders());
            for (HttpField field : request.getHeaders()) {
                String name = field.getLowerCaseName();
                if (!dropped.contains(name) && !(readable && name.equals("accept-encoding"))) {
                    builder.header(field.getName(), field.getValue() == null ? "" : field.getValue());
                }
            }
            asked = builder.build();
        } catch (IllegalArgumentException e) {
            throw GatewayException.badRequest("bad_request", "this request cannot be handed on: " + e.getMessage());
        }
        return http.sendAsync(asked, HttpResponse.BodyHandlers.ofPublisher());
    }

    /** Takes over the status and headers of the server's answer; its length too where the body is left as it is. */
    static void head(HttpResponse<?> answer, Exchange exchange, boolean sameBody) {
        exchange.response().setStatus(answer.statusCode());
        HttpFields.Mutable headers = exchange.response().getHeaders();
        Set<String> dropped = new HashSet<>(OF_A_CONNECTION);
        answer.headers().allValues("connection").forEach(value -> dropped.addAll(names(value)));
        if (sameBody) {
            dropped.remove("content-length");
        } else {
            dropped.add("content-encoding");
            dropped.add("content-md5");
            dropped.add("digest");
            dropped.add("etag");
        }
        answer.headers().map().forEach((name, values) -> {
            if (!dropped.contains(name.toLowerCase(Locale.ROOT)) && !name.startsWith(":")) {
                headers.remove(name);
                values.forEach(value -> headers.add(name, value));
            }
        });
    }

    private static Set<String> ofConnection(HttpFields headers) {
        Set<String> names = new HashSet<>(OF_A_CONNECTION);
        headers.getValuesList("Connection").forEach(value -> names.addAll(names(value)));
        return names;
    }

    private static List<String> names(String value) {
        return Arrays.stream(value.toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .toList();
    }
}
