package dev.weighbridge.datasets.hub;

import java.util.Optional;

/**
 * A file of a data set at one commit, as the hub lists it. The name is what the server says: {@link HubPaths} makes a path of
 * it, or refuses to.
 *
 * @param name in the data set, with {@code /} between folders
 * @param size bytes
 * @param blob hex SHA-1 that git knows the stored blob by; of the contents where there is no {@code sha256}
 * @param sha256 hex SHA-256 of the contents, where the file is in large file storage
 */
public record HubFile(String name, long size, String blob, Optional<String> sha256) {}
