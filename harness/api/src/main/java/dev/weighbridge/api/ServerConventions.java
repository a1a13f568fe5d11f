package dev.weighbridge.api;

import java.util.List;

/**
 * What holds for the servers of an adapter unless a study says otherwise.
 *
 * @param protocols ids of the wire protocols that they speak, the usual one first; at least one
 * @param healthPath answers HTTP 200 once such a server can be asked
 */
public record ServerConventions(List<String> protocols, String healthPath) {
    public ServerConventions {
        protocols = List.copyOf(protocols);
        if (protocols.isEmpty()) {
            throw new IllegalArgumentException("a server speaks a protocol at the least");
        }
    }
}
