package dev.weighbridge.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * A proxy of HTTP: requests to plain addresses are handed to it whole, others go through a tunnel that it opens (CONNECT, RFC 9110 section
 * 9.3.6).
 *
 * @param host of it
 * @param port of it
 * @param credentials that it wants; empty for none
 */
public record HttpProxy(String host, int port, Optional<Credentials> credentials) {
    private static final int STANDARD_PORT = 80;
    private static final int LAST_PORT = 65_535;

    /**
     * What a proxy is told to be let through. Never printed.
     *
     * @param user name
     * @param password of it
     */
    public record Credentials(String user, String password) {
        @Override
        public String toString() {
            return "credentials";
        }
    }

    /**
     * Reads one, such as {@code http://user:password@proxy.example:3128}.
     *
     * @param source what names it, for messages, which never hold the address: it may be secret
     * @throws EngineException of category BAD_REQUEST when it is no such address
     */
    public static HttpProxy parse(String text, String source) {
        URI address;
        try {
            address = new URI(text.contains("://") ? text : "http://" + text);
        } catch (URISyntaxException e) {
            throw wrong(source, "is no address");
        }
        if (!"http".equalsIgnoreCase(address.getScheme())) {
            throw wrong(source, "has the scheme '" + address.getScheme() + "', which is not spoken here");
        }
        if (address.getHost() == null || address.getPort() > LAST_PORT) {
            throw wrong(source, "has no host and port");
        }
        String user = address.getRawUserInfo();
        return new HttpProxy(
                address.getHost(),
                address.getPort() < 0 ? STANDARD_PORT : address.getPort(),
                user == null ? Optional.empty() : Optional.of(credentials(user, source)));
    }

    private static Credentials credentials(String userInfo, String source) {
        int colon = userInfo.indexOf(':');
        try {
            return new Credentials(
                    decoded(colon < 0 ? userInfo : userInfo.substring(0, colon)),
                    colon < 0 ? "" : decoded(userInfo.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw wrong(source, "has credentials that are not percent-encoded");
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static EngineException wrong(String source, String what) {
        return new EngineException(
                EngineException.Category.BAD_REQUEST,
                source + " " + what + ". Give the address of an HTTP proxy such as http://proxy.example:3128");
    }

    /** Value of the header {@code Proxy-Authorization} (RFC 7617); empty where it wants no credentials. */
    public Optional<String> authorization() {
        return credentials.map(own -> "Basic "
                + Base64.getEncoder()
                        .encodeToString((own.user() + ":" + own.password()).getBytes(StandardCharsets.UTF_8)));
    }

    /** Its address without credentials. */
    @Override
    public String toString() {
        return "http://" + host + ":" + port;
    }
}
