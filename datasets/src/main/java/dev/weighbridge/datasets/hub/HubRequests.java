package dev.weighbridge.datasets.hub;

import dev.weighbridge.api.HttpProxy;
import dev.weighbridge.api.ProxySettings;
import dev.weighbridge.datasets.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks the hub, follows where it sends, and asks again what may succeed later.
 *
 * <p>By {@link HttpURLConnection}, as its time limit holds for each read of a body; that of {@code java.net.http} ends with the
 * headers, so that a server which falls silent would hold the command for ever.
 */
final class HubRequests {
    static final int MOST_TRIES = 6;
    private static final int MOST_REDIRECTS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    // RFC 3986, section 2.3.
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private final HubSettings settings;
    private final Pause pause;

    HubRequests(HubSettings settings, Pause pause) {
        this.settings = settings;
        this.pause = pause;
    }

    /** What the server says, its body still to be read. */
    record Answer(int status, Map<String, String> headers, Map<String, String> linked, InputStream body)
            implements AutoCloseable {
        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name));
        }

        /** A header of the hub itself, which tells of the file behind a redirect. */
        Optional<String> linked(String name) {
            return Optional.ofNullable(linked.get(name));
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /** One try, which may fail for now. */
    @FunctionalInterface
    interface Attempt<T> {
        /**
         * Tries.
         *
         * @throws IOException when another try may succeed
         */
        T run() throws IOException;
    }

    /** The server asks for patience. */
    private static final class BusyException extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient @Nullable Duration wait;

        BusyException(String message, @Nullable Duration wait) {
            super(message);
            this.wait = wait;
        }
    }

    /** An address of the hub, of steps that are already escaped. */
    URI address(String path) {
        return URI.create(settings.endpoint() + path);
    }

    /** Whether an address is on the hub's own host, by its own protocol and port. */
    boolean own(URI address) {
        URI endpoint = settings.endpoint();
        return endpoint.getScheme().equalsIgnoreCase(address.getScheme())
                && endpoint.getHost().equalsIgnoreCase(address.getHost())
                && port(endpoint) == port(address);
    }

    private static int port(URI address) {
        return address.getPort() >= 0 ? address.getPort() : "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    }

    /**
     * Tries, and after a failure that may pass waits and tries again: as long as the server asks, else 1 s, 2 s, 4 s and so on.
     *
     * @param what is asked for, for messages
     * @throws DataException when the last try failed too
     */
    <T> T retrying(String what, Attempt<T> attempt) {
        Duration usual = FIRST_WAIT;
        for (int tries = 1; ; tries++) {
            try {
                return attempt.run();
            } catch (IOException e) {
                if (tries == MOST_TRIES) {
                    throw new DataException(
                            what + " cannot be had from " + settings.endpoint() + " after " + tries + " tries: "
                                    + reason(e) + ". Try again later; what has come is kept.",
                            e);
                }
                Duration asked = e instanceof BusyException busy ? busy.wait : null;
                if (asked != null && asked.compareTo(LONGEST_WAIT) > 0) {
                    throw new DataException(
                            what + " cannot be had now: " + settings.endpoint() + " asks to wait " + asked.toSeconds()
                                    + " s. Try again after that.",
                            e);
                }
                rest(asked == null ? usual : asked, what);
                usual = usual.multipliedBy(2);
            }
        }
    }

    void rest(Duration duration, String what) {
        try {
            pause.of(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException("interrupted while waiting for " + what, e);
        }
    }

    private static String reason(IOException e) {
        // Never the address: where the hub redirects to, it carries a signature.
        return e instanceof BusyException
                ? String.valueOf(e.getMessage())
                : e.getClass().getSimpleName() + ": " + HubPaths.shown(String.valueOf(e.getMessage()));
    }

    /**
     * Asks once.
     *
     * @param what is asked for, for messages
     * @return an answer of status 200, 206, 404 or 416
     * @throws IOException when another try may succeed
     * @throws DataException when none will
     */
    Answer get(URI address, Map<String, String> headers, String what) throws IOException {
        URI next = address;
        Map<String, String> linked = Map.of();
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpURLConnection connection = open(next, headers);
            int status = connection.getResponseCode();
            Map<String, String> received = headers(connection);
            if (own(next)) {
                linked = received;
            }
            if (status == 200 || status == 206) {
                return new Answer(status, received, linked, connection.getInputStream());
            }
            connection.disconnect();
            if (status == 404 || status == 416) {
                return new Answer(status, received, linked, InputStream.nullInputStream());
            }
            if (!REDIRECTS.contains(status)) {
                throw refusal(status, received, what);
            }
            next = redirect(next, received, what);
        }
        throw new DataException(what + " cannot be had: the hub redirects more than " + MOST_REDIRECTS + " times");
    }

    private HttpURLConnection open(URI address, Map<String, String> headers) throws IOException {
        Optional<HttpProxy> proxy = ProxySettings.current().of(address);
        Proxy way = proxy.map(ProxySettings::java).orElse(Proxy.NO_PROXY);
        if (!(address.toURL().openConnection(way) instanceof HttpURLConnection connection)) {
            throw new DataException("the hub redirects to an address that is not of http");
        }
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout((int) PATIENCE.toMillis());
        connection.setReadTimeout((int) PATIENCE.toMillis());
        connection.setRequestProperty("User-Agent", "weighbridge");
        connection.setRequestProperty("Accept-Encoding", "identity");
        headers.forEach(connection::setRequestProperty);
        proxy.flatMap(HttpProxy::credentials).map(ProxySettings::authenticator).ifPresent(connection::setAuthenticator);
        if (own(address)) {
            settings.token().ifPresent(token -> connection.setRequestProperty("Authorization", "Bearer " + token));
        }
        return connection;
    }

    private static Map<String, String> headers(HttpURLConnection connection) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        connection.getHeaderFields().forEach((name, values) -> {
            if (name != null && !values.isEmpty()) {
                headers.putIfAbsent(name, values.get(0));
            }
        });
        return headers;
    }

    private static URI redirect(URI from, Map<String, String> headers, String what) {
        URI to;
        try {
            to = from.resolve(headers.getOrDefault("Location", ""));
        } catch (IllegalArgumentException e) {
            // Without its cause, whose message is the address.
            throw new DataException(what + " cannot be had: the hub redirects to what is no address");
        }
        String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
        boolean safe = scheme.equals("https") || (scheme.equals("http") && "http".equalsIgnoreCase(from.getScheme()));
        if (to.getHost() == null || !safe) {
            throw new DataException(what + " cannot be had: the hub redirects to " + HubPaths.shown(scheme)
                    + ", which is no http address or gives up https");
        }
        return to;
    }

    private RuntimeException refusal(int status, Map<String, String> headers, String what) throws IOException {
        // Header of the hub, documented with huggingface_hub's errors.
        String code = HubPaths.shown(headers.getOrDefault("X-Error-Code", ""));
        String told = " (" + settings.endpoint() + " answers " + status + (code.isEmpty() ? "" : " " + code) + ")";
        if (status == 429 || status >= 500) {
            throw new BusyException("it answers " + status, askedWait(headers));
        }
        String token = settings.token().isPresent() ? "the token in HF_TOKEN is not let in" : "no HF_TOKEN is set";
        if (status == 403 || code.equals("GatedRepo")) {
            return new DataException(what + " is not for everyone, and " + token + told
                    + ". Accept its terms on the hub, and set HF_TOKEN to a token of the same user that may read it.");
        }
        if (status == 401) {
            return new DataException(what + " does not exist or is private, and " + token + told
                    + ". Check its name, or set HF_TOKEN to a token that may read it.");
        }
        return new DataException(what + " cannot be had" + told);
    }

    /** What to say of an answer of status 404. */
    DataException missing(String what) {
        return new DataException(
                what + " does not exist (" + settings.endpoint() + " answers 404). Check its name and revision.");
    }

    /** How long a server asks to wait (RFC 9110, section 10.2.3), by its own clock; {@code null} when it does not say. */
    static @Nullable Duration askedWait(Map<String, String> headers) {
        String text = headers.getOrDefault("Retry-After", "").strip();
        try {
            if (text.matches("\\d{1,9}")) {
                return Duration.ofSeconds(Long.parseLong(text));
            }
            if (!text.isEmpty() && headers.containsKey("Date")) {
                Duration wait = Duration.between(date(String.valueOf(headers.get("Date"))), date(text));
                return wait.isNegative() ? Duration.ZERO : wait;
            }
        } catch (DateTimeException e) {
            // As if it had not said how long.
            return null;
        }
        return null;
    }

    private static ZonedDateTime date(String text) {
        return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
    }

    /**
     * A whole answer as bytes.
     *
     * @param most bytes
     * @throws IOException when another try may succeed
     */
    static byte[] all(Answer answer, int most, String what) throws IOException {
        byte[] bytes = answer.body().readNBytes(most + 1);
        if (bytes.length > most) {
            throw new DataException(what + " has more than " + most + " bytes, which are more than are read");
        }
        String length = answer.header("Content-Length").orElse("");
        if (length.matches("\\d{1,18}") && Long.parseLong(length) != bytes.length) {
            throw new IOException("cut after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    /** One step of a path, escaped (RFC 3986). */
    static String escaped(String step) {
        StringBuilder text = new StringBuilder();
        for (byte b : step.getBytes(StandardCharsets.UTF_8)) {
            if (UNRESERVED.indexOf(b) >= 0) {
                text.append((char) b);
            } else {
                text.append('%').append(String.format(Locale.ROOT, "%02X", b));
            }
        }
        return text.toString();
    }
}
