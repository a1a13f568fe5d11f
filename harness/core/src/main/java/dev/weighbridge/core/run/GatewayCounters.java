package dev.weighbridge.core.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.results.Measurement;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway has counted so far, by which a trial knows what it did meanwhile.
 *
 * @param requests that asked for an answer
 * @param blocked prompts and answers that guards withheld
 * @param masked prompts and answers that guards changed
 * @param lookups of the cache
 * @param hits of the cache, exact and similar ones
 */
record GatewayCounters(long requests, long blocked, long masked, long lookups, long hits) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TIMEOUT_MILLIS = 5_000;

    /** Asks a gateway; {@code null} when it does not answer, which is no reason to lose a load. */
    static @Nullable GatewayCounters of(URI gateway) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    gateway.resolve("/weighbridge/gateway").toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            return of(JSON.readTree(connection.getInputStream()));
        } catch (IOException e) {
            return null;
        }
    }

    static GatewayCounters of(JsonNode counters) {
        long blocked = 0;
        long masked = 0;
        long lookups = 0;
        long hits = 0;
        for (JsonNode stage : counters.path("stages")) {
            blocked += sum(stage.path("blocked"));
            masked += sum(stage.path("masked"));
            lookups += stage.path("lookups").asLong();
            hits += stage.path("exactHits").asLong()
                    + stage.path("semanticHits").asLong();
        }
        return new GatewayCounters(counters.path("requests").asLong(), blocked, masked, lookups, hits);
    }

    private static long sum(JsonNode node) {
        if (node.isNumber()) {
            return node.asLong();
        }
        long sum = 0;
        for (JsonNode element : node) {
            sum += sum(element);
        }
        return sum;
    }

    /** Shares of what came since an earlier count; none where nothing was asked. */
    List<Measurement> since(GatewayCounters before) {
        List<Measurement> shares = new ArrayList<>();
        share(shares, "guard_blocked_share", blocked - before.blocked, requests - before.requests);
        share(shares, "guard_masked_share", masked - before.masked, requests - before.requests);
        share(shares, "cache_hit_share", hits - before.hits, lookups - before.lookups);
        return shares;
    }

    private static void share(List<Measurement> shares, String name, long count, long of) {
        if (of > 0) {
            shares.add(new Measurement(name, "", name, (double) count / of, "1", of, null, null, false));
        }
    }
}
