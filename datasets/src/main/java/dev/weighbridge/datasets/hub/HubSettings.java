package dev.weighbridge.datasets.hub;

import dev.weighbridge.datasets.DataException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where the hub is, and how it may be used.
 *
 * @param endpoint of the hub, without a slash at its end
 * @param cache folder of the copies
 * @param token that the hub knows the user by; goes to the endpoint's own host alone
 * @param offline whether only the cache is used
 * @param mostBytes of one file
 */
public record HubSettings(URI endpoint, Path cache, Optional<String> token, boolean offline, long mostBytes) {
    private static final String PUBLIC = "https://huggingface.co";
    private static final long USUAL_BYTES = 2L << 30;

    public HubSettings {
        String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
        if (endpoint.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw new DataException(
                    "the hub's endpoint must be an http or https address, got: " + endpoint + ". Correct HF_ENDPOINT.");
        }
        if (endpoint.getUserInfo() != null || endpoint.getQuery() != null || endpoint.getFragment() != null) {
            // Not shown, as it may hold a password.
            throw new DataException(
                    "the hub's endpoint must be a plain address without user, query or fragment. Correct HF_ENDPOINT.");
        }
        if (mostBytes < 1) {
            throw new DataException("the size limit of a file must be at least 1 byte, got: " + mostBytes);
        }
        if (token.isPresent() && !token.get().chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new DataException("HF_TOKEN holds a space or a character beyond ASCII. Set it again.");
        }
    }

    /** Where copies are kept: below {@code WEIGHBRIDGE_CACHE}, else below {@code ~/.cache/weighbridge}. */
    public static Path usualCache() {
        String chosen = System.getenv("WEIGHBRIDGE_CACHE");
        Path cache = chosen == null || chosen.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache", "weighbridge")
                : Path.of(chosen);
        return cache.resolve("hub");
    }

    /**
     * Settings by the variables that the hub's own client documents (huggingface_hub, environment variables):
     * {@code HF_ENDPOINT}, {@code HF_TOKEN} and {@code HF_HUB_OFFLINE}. Files of up to 2 GiB are taken.
     *
     * @param environment variables by name
     * @param cache folder of the copies
     */
    public static HubSettings of(Map<String, String> environment, Path cache) {
        String endpoint = environment.getOrDefault("HF_ENDPOINT", "").strip();
        while (endpoint.endsWith("/")) {
            endpoint = endpoint.substring(0, endpoint.length() - 1);
        }
        URI address;
        try {
            address = URI.create(endpoint.isEmpty() ? PUBLIC : endpoint);
        } catch (IllegalArgumentException e) {
            throw new DataException("HF_ENDPOINT is no address", e);
        }
        Optional<String> token = Optional.ofNullable(environment.get("HF_TOKEN"))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
        String offline = environment.getOrDefault("HF_HUB_OFFLINE", "").strip().toUpperCase(Locale.ROOT);
        boolean cacheOnly =
                offline.equals("1") || offline.equals("TRUE") || offline.equals("ON") || offline.equals("YES");
        return new HubSettings(address, cache, token, cacheOnly, USUAL_BYTES);
    }

    /** The same, but with the cache alone. */
    public HubSettings cacheOnly() {
        return new HubSettings(endpoint, cache, token, true, mostBytes);
    }

    /** The same with another limit on the size of a file. */
    public HubSettings withMostBytes(long bytes) {
        return new HubSettings(endpoint, cache, token, offline, bytes);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "HubSettings[endpoint=" + endpoint + ", cache=" + cache + ", token="
                + (token.isPresent() ? "set" : "none") + ", offline=" + offline + ", mostBytes=" + mostBytes + "]";
    }
}
