package dev.weighbridge.core.run;

import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ceilings of the client that were found on this machine before. Each was reached, so that it stays a lower bound until the machine,
 * the Java virtual machine or the client is another; after a month it is measured anew all the same. What cannot be read or written
 * is measured.
 */
final class KnownCeilings {
    private static final Logger LOGGER = LoggerFactory.getLogger(KnownCeilings.class);
    private static final Duration LASTING = Duration.ofDays(30);
    private static final int NAME = 16;

    private final Path folder;
    private final Clock clock;

    KnownCeilings(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** One file. */
    private record Found(String measuredAt, Ceiling ceiling) {}

    /** What the ceiling depends on, in one text. */
    static String key(String generator, int serverThreads) {
        return generator + " / " + serverThreads + " / " + System.getProperty("java.runtime.version") + " / "
                + HostFacts.describe();
    }

    Optional<Ceiling> find(String key) {
        Path file = file(key);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Found found = Json.read(file, Found.class);
            Duration age = Duration.between(Instant.parse(found.measuredAt()), clock.instant());
            return age.isNegative() || age.compareTo(LASTING) > 0 ? Optional.empty() : Optional.of(found.ceiling());
        } catch (InvalidResultException | IllegalArgumentException | java.time.DateTimeException e) {
            LOGGER.debug("{} is not readable", file, e);
            return Optional.empty();
        }
    }

    void keep(String key, Ceiling ceiling) {
        Path file = file(key);
        try {
            Files.createDirectories(folder);
            Path written = Files.createTempFile(folder, "ceiling", ".json");
            Files.writeString(written, Json.pretty(new Found(clock.instant().toString(), ceiling)));
            Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOGGER.debug("{} cannot be written", file, e);
        }
    }

    private Path file(String key) {
        String hash = TaskSets.sha256(key.getBytes(StandardCharsets.UTF_8)).substring(0, NAME);
        return folder.resolve("client-ceiling-" + hash + ".json");
    }
}
