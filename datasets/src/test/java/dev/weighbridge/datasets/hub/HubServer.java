package dev.weighbridge.datasets.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weighbridge.datasets.TaskSets;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A hub on this machine's loopback with one data set, {@code owner/name}, that speaks the hub's interface. */
final class HubServer implements AutoCloseable {
    static final String COMMIT = "a".repeat(40);
    static final String CONVERTED = "b".repeat(40);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A request as it came: its path with the query, and its headers. */
    record Seen(String path, Headers headers) {
        @Nullable
        String header(String name) {
            return headers.getFirst(name);
        }
    }

    /** A file: what is listed of it may differ from what is sent. */
    static final class Stored {
        byte[] listed;
        byte[] sent;
        boolean large = true;
        String tag;

        @Nullable
        String linkedTag;

        boolean chunked;

        @Nullable
        URI elsewhere;

        Stored(String text) {
            listed = text.getBytes(StandardCharsets.UTF_8);
            sent = listed;
            tag = "\"" + TaskSets.sha256(listed) + "\"";
        }
    }

    /** What is answered once instead of the usual; true when it has answered. */
    interface Trouble {
        boolean answer(HttpExchange exchange) throws IOException;
    }

    final List<Seen> seen = new CopyOnWriteArrayList<>();
    final Map<String, Stored> files = new LinkedHashMap<>();
    final Map<String, Stored> converted = new LinkedHashMap<>();
    final Deque<Trouble> troubles = new ArrayDeque<>();
    int pageSize = 1000;

    @Nullable
    String linkTo;

    private final HttpServer server;
    private final ExecutorService executor = Executors.newCachedThreadPool();

    HubServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    Stored file(String name, String text) {
        Stored stored = new Stored(text);
        files.put(name, stored);
        return stored;
    }

    List<Seen> asked(String part) {
        return seen.stream().filter(request -> request.path.contains(part)).toList();
    }

    static Trouble status(int status, String... headers) {
        return exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            return true;
        };
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        String query = exchange.getRequestURI().getRawQuery();
        Headers headers = new Headers();
        headers.putAll(exchange.getRequestHeaders());
        seen.add(new Seen(query == null ? path : path + "?" + query, headers));
        Trouble trouble = troubles.peek();
        if (trouble != null && trouble.answer(exchange)) {
            troubles.remove();
            return;
        }
        if (path.equals("/api/datasets/owner/name/revision/main")) {
            json(exchange, "{\"sha\":\"" + COMMIT + "\"}");
        } else if (path.equals("/api/datasets/owner/name/revision/refs%2Fconvert%2Fparquet") && !converted.isEmpty()) {
            json(exchange, "{\"sha\":\"" + CONVERTED + "\"}");
        } else if (path.startsWith("/api/datasets/owner/name/tree/")) {
            tree(exchange, path.endsWith(CONVERTED) ? converted : files, String.valueOf(query));
        } else if (path.startsWith("/datasets/owner/name/resolve/")) {
            String rest = exchange.getRequestURI().getPath().substring("/datasets/owner/name/resolve/".length());
            Map<String, Stored> some = rest.startsWith(CONVERTED) ? converted : files;
            Stored stored = some.get(rest.substring(41));
            if (stored == null) {
                status(404).answer(exchange);
            } else {
                send(exchange, stored);
            }
        } else {
            status(404).answer(exchange);
        }
    }

    private static void json(HttpExchange exchange, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void tree(HttpExchange exchange, Map<String, Stored> some, String query) throws IOException {
        int from = query.contains("cursor=") ? Integer.parseInt(query.substring(query.indexOf("cursor=") + 7)) : 0;
        List<Map.Entry<String, Stored>> entries = new ArrayList<>(some.entrySet());
        ArrayNode page = JSON.createArrayNode();
        page.addObject()
                .put("type", "directory")
                .put("path", "data")
                .put("size", 0)
                .put("oid", "0".repeat(40));
        for (Map.Entry<String, Stored> entry : entries.subList(from, Math.min(entries.size(), from + pageSize))) {
            Stored stored = entry.getValue();
            ObjectNode node = page.addObject();
            node.put("type", "file").put("path", entry.getKey()).put("size", stored.listed.length);
            node.put("oid", stored.large ? "c".repeat(40) : gitHash(stored.listed));
            if (stored.large) {
                node.putObject("lfs").put("oid", TaskSets.sha256(stored.listed)).put("size", stored.listed.length);
            }
        }
        if (from + pageSize < entries.size()) {
            String next = linkTo != null ? linkTo : address().toString();
            exchange.getResponseHeaders()
                    .set(
                            "Link",
                            "<" + next + "/api/datasets/owner/name/tree/" + COMMIT + "?recursive=true&cursor="
                                    + (from + pageSize) + ">; rel=\"next\"");
        }
        json(exchange, page.toString());
    }

    private static String gitHash(byte[] bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(("blob " + bytes.length).getBytes(StandardCharsets.US_ASCII));
            digest.update((byte) 0);
            return HexFormat.of().formatHex(digest.digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void send(HttpExchange exchange, Stored stored) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        if (stored.linkedTag != null) {
            headers.set("X-Linked-Etag", stored.linkedTag);
            headers.set("X-Linked-Size", String.valueOf(stored.listed.length));
        }
        if (stored.elsewhere != null) {
            headers.set("Location", stored.elsewhere.toString());
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
            return;
        }
        headers.set("ETag", stored.tag);
        String range = exchange.getRequestHeaders().getFirst("Range");
        String condition = exchange.getRequestHeaders().getFirst("If-Range");
        int from = 0;
        if (range != null && stored.tag.equals(condition)) {
            from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
            headers.set("Content-Range", "bytes " + from + "-" + (stored.sent.length - 1) + "/" + stored.sent.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, stored.chunked ? 0 : stored.sent.length - from);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(stored.sent, from, stored.sent.length - from);
        }
    }

    /** Sends the first bytes of a file and cuts the connection. */
    static Trouble cut(Stored stored, int bytes) {
        return exchange -> {
            if (!exchange.getRequestURI().getPath().contains("/resolve/")
                    || exchange.getRequestHeaders().containsKey("Range")) {
                return false;
            }
            exchange.getResponseHeaders().set("ETag", stored.tag);
            exchange.sendResponseHeaders(200, stored.sent.length);
            exchange.getResponseBody().write(stored.sent, 0, bytes);
            exchange.getResponseBody().flush();
            exchange.close();
            return true;
        };
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
