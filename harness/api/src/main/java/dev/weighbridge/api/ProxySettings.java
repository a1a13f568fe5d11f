package dev.weighbridge.api;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Through which proxy an address is reached. What runs on this machine is always reached directly: its speed is what is measured.
 *
 * @param plain for addresses of http; empty for none
 * @param secured for addresses of https; empty for none
 * @param direct hosts that are reached directly: a name or address, a domain with all below it, or {@code *} for all
 */
public record ProxySettings(Optional<HttpProxy> plain, Optional<HttpProxy> secured, List<String> direct) {
    static {
        // Java leaves Basic credentials out of the request for a tunnel unless this is set before its first client is
        // made.
        String schemes = "jdk.http.auth.tunneling.disabledSchemes";
        if (System.getProperty(schemes) == null) {
            System.setProperty(schemes, "");
        }
    }

    private static final AtomicReference<@Nullable ProxySettings> CURRENT = new AtomicReference<>();

    public ProxySettings {
        direct = direct.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    }

    /**
     * Those that an environment names as other tools read it: {@code https_proxy}, {@code http_proxy} and {@code no_proxy}, in small or
     * capital letters.
     *
     * @param environment value of a variable by its name, {@code null} for one that is not set
     * @throws EngineException of category BAD_REQUEST when a variable names no HTTP proxy
     */
    public static ProxySettings of(UnaryOperator<@Nullable String> environment) {
        return new ProxySettings(
                proxy("http_proxy", environment), proxy("https_proxy", environment), direct(environment));
    }

    /** One proxy for all addresses but those that the environment calls direct. */
    public static ProxySettings of(HttpProxy proxy, UnaryOperator<@Nullable String> environment) {
        return new ProxySettings(Optional.of(proxy), Optional.of(proxy), direct(environment));
    }

    private static Optional<HttpProxy> proxy(String variable, UnaryOperator<@Nullable String> environment) {
        String capital = variable.toUpperCase(Locale.ROOT);
        for (String name : List.of(variable, capital)) {
            String value = environment.apply(name);
            if (value != null && !value.isBlank()) {
                return Optional.of(HttpProxy.parse(value.strip(), "the environment variable " + name));
            }
        }
        return Optional.empty();
    }

    private static List<String> direct(UnaryOperator<@Nullable String> environment) {
        String small = environment.apply("no_proxy");
        String value = small == null ? environment.apply("NO_PROXY") : small;
        return value == null
                ? List.of()
                : Arrays.stream(value.split(",", -1))
                        .map(String::strip)
                        .filter(host -> !host.isEmpty())
                        .toList();
    }

    /**
     * Those of this process: what {@link #use} gave last, else its environment's.
     *
     * @throws EngineException of category BAD_REQUEST when a variable names no HTTP proxy
     */
    public static ProxySettings current() {
        ProxySettings given = CURRENT.get();
        if (given == null) {
            given = of(System::getenv);
            CURRENT.compareAndSet(null, given);
        }
        return given;
    }

    /** Makes them those of this process; {@code null} for its environment's. */
    public static void use(@Nullable ProxySettings settings) {
        CURRENT.set(settings);
    }

    /** The proxy that an address is reached through; empty where it is reached directly. */
    public Optional<HttpProxy> of(URI address) {
        String host = address.getHost();
        if (host == null || isHere(bare(host)) || isDirect(bare(host), address.getPort())) {
            return Optional.empty();
        }
        return "https".equalsIgnoreCase(address.getScheme()) ? secured : plain;
    }

    private static String bare(String host) {
        String small = host.toLowerCase(Locale.ROOT);
        return small.startsWith("[") && small.endsWith("]") ? small.substring(1, small.length() - 1) : small;
    }

    private static boolean isHere(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.matches("127(\\.\\d{1,3}){3}")
                || host.equals("::1")
                || host.equals("0:0:0:0:0:0:0:1");
    }

    private boolean isDirect(String host, int port) {
        return direct.stream().anyMatch(rule -> {
            String name = rule.startsWith("*.") ? rule.substring(1) : rule;
            String domain = name.startsWith(".") ? name : "." + name;
            return rule.equals("*")
                    || host.equals(domain.substring(1))
                    || host.endsWith(domain)
                    || (host + ":" + port).equals(domain.substring(1));
        });
    }

    /** A client that reaches each address as the settings of this process say; its requests need {@link #authorization} too. */
    public static HttpClient.Builder client() {
        return HttpClient.newBuilder().proxy(new ProxySelector() {
            @Override
            public List<Proxy> select(URI address) {
                return List.of(current().of(address).map(ProxySettings::java).orElse(Proxy.NO_PROXY));
            }

            @Override
            public void connectFailed(URI address, SocketAddress proxy, IOException failure) {
                // The request itself fails with it.
            }
        });
    }

    /** A proxy as {@link java.net.URL#openConnection(Proxy)} wants it. */
    public static Proxy java(HttpProxy proxy) {
        return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.host(), proxy.port()));
    }

    /**
     * Answers a proxy's question for credentials, and no server's. For {@link java.net.HttpURLConnection}, which would tell the server
     * behind a tunnel what a header says.
     */
    public static Authenticator authenticator(HttpProxy.Credentials credentials) {
        return new Authenticator() {
            @Override
            protected @Nullable PasswordAuthentication getPasswordAuthentication() {
                return getRequestorType() == RequestorType.PROXY
                        ? new PasswordAuthentication(
                                credentials.user(), credentials.password().toCharArray())
                        : null;
            }
        };
    }

    /** Name of the header that {@link #authorization} is the value of. */
    public static final String AUTHORIZATION = "Proxy-Authorization";

    /** What requests to an address tell its proxy; empty where there is none, or it wants nothing. */
    public Optional<String> authorization(URI address) {
        return of(address).flatMap(HttpProxy::authorization);
    }
}
