package dev.weighbridge.cli;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.inference.server.ClientKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads the clients of a server: {@code NAME=VARIABLE[,rate=R][,burst=N][,concurrent=N]}. */
final class ClientKeyOption {
    private static final Set<String> LIMITS = Set.of("rate", "burst", "concurrent");

    private ClientKeyOption() {}

    /**
     * Reads clients and looks their keys up.
     *
     * @param environment value of a variable by its name, {@code null} for one that is not set
     * @throws ConfigException when one is malformed, or its key is not there
     */
    static List<ClientKey> read(List<String> options, UnaryOperator<@Nullable String> environment) {
        List<ClientKey> keys =
                options.stream().map(option -> read(option, environment)).toList();
        if (keys.stream().map(ClientKey::name).distinct().count() < keys.size()) {
            throw new ConfigException("--key: two clients have the same name");
        }
        return keys;
    }

    private static ClientKey read(String option, UnaryOperator<@Nullable String> environment) {
        String[] parts = option.split(",", -1);
        String[] named = pair(option, parts[0]);
        Map<String, String> limits = new HashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String[] limit = pair(option, parts[i]);
            if (!LIMITS.contains(limit[0])) {
                throw malformed(option, "'" + limit[0] + "' is no limit; there are rate, burst and concurrent");
            }
            limits.put(limit[0], limit[1]);
        }
        String key = environment.apply(named[1]);
        if (key == null || key.isBlank()) {
            throw new ConfigException("--key: the key of client " + named[0] + " is to be in the environment variable "
                    + named[1] + ", which is not set");
        }
        try {
            Double rate = limits.containsKey("rate") ? Double.valueOf(limits.get("rate")) : null;
            return ClientKey.of(
                    named[0],
                    key.strip(),
                    rate,
                    Integer.parseInt(limits.getOrDefault("burst", "1")),
                    limits.containsKey("concurrent") ? Integer.valueOf(limits.get("concurrent")) : null);
        } catch (IllegalArgumentException e) {
            throw malformed(option, String.valueOf(e.getMessage()));
        }
    }

    private static String[] pair(String option, String text) {
        String[] pair = text.split("=", 2);
        if (pair.length < 2 || pair[0].isBlank() || pair[1].isBlank()) {
            throw malformed(option, "'" + text + "' is no NAME=VALUE");
        }
        return pair;
    }

    private static ConfigException malformed(String option, String why) {
        return new ConfigException("--key '" + option + "' is malformed: " + why
                + ". Use one such as team-a=TEAM_A_KEY,rate=5,burst=10,concurrent=4");
    }
}
