package dev.weighbridge.cli;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where measuring a run writes its leaderboard: a folder of the run, or one that was named and holds nothing else. */
final class RunSite {
    private RunSite() {}

    /** The folder that was named, or the run's own. */
    static Path of(@Nullable Path named, Path run) {
        return named == null ? run.resolve("site") : named;
    }

    /**
     * Makes sure that no page of anything but this run is overwritten.
     *
     * @param named folder, or {@code null} for the run's own, which is always free
     * @param own manifest of the run, or {@code null} when it has not begun
     * @throws ConfigException when the folder has a front page that may be another run's
     */
    static void requireFree(@Nullable Path named, @Nullable Manifest own) {
        if (named == null || !Files.exists(named.resolve("index.html"))) {
            return;
        }
        List<Path> manifests = manifests(named);
        if (own != null && !manifests.isEmpty() && manifests.stream().allMatch(file -> own.equals(manifest(file)))) {
            return;
        }
        throw new ConfigException("--site " + named + " has an index.html already, which is not of this run alone and"
                + " would be overwritten. Leave --site out, name another folder, or put several runs into one site"
                + " with 'weighbridge publish RUN_DIR... --site " + named + "'.");
    }

    private static List<Path> manifests(Path site) {
        Path runs = site.resolve("runs");
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(runs)) {
            return folders.map(folder -> folder.resolve("manifest.json"))
                    .filter(Files::exists)
                    .toList();
        } catch (IOException e) {
            throw new ConfigException("--site " + site + " cannot be read: " + e + ". Name another folder.");
        }
    }

    private static @Nullable Manifest manifest(Path file) {
        try {
            return Json.read(file, Manifest.class);
        } catch (InvalidResultException e) {
            // Of another version, or damaged: not this run's in any case.
            return null;
        }
    }
}
