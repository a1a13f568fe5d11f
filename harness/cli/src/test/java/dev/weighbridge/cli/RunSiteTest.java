package dev.weighbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which site a run may write. */
class RunSiteTest {
    @TempDir
    Path folder;

    @Test
    void withoutANameEachRunHasASiteOfItsOwn() {
        assertThat(RunSite.of(null, folder.resolve("r1"))).isEqualTo(folder.resolve("r1/site"));
        assertThat(RunSite.of(folder, folder.resolve("r1"))).isEqualTo(folder);
        RunSite.requireFree(null, null);
    }

    @Test
    void aFolderWithoutAFrontPageIsFree() throws IOException {
        Files.writeString(folder.resolve("notes.txt"), "mine");
        RunSite.requireFree(folder, null);
        RunSite.requireFree(folder.resolve("none"), null);
    }

    @Test
    void anotherRunsSiteIsRefusedAndNothingOfItChanges() throws IOException {
        Path site = published("r1");
        byte[] before = Files.readAllBytes(site.resolve("index.html"));
        assertThatThrownBy(() -> RunSite.requireFree(site, null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(site.toString(), "would be overwritten", "weighbridge publish");
        assertThatThrownBy(() -> RunSite.requireFree(site, manifest("r2"))).isInstanceOf(ConfigException.class);
        assertThat(Files.readAllBytes(site.resolve("index.html"))).isEqualTo(before);
    }

    @Test
    void theRunsOwnSiteIsReplacedWhenItIsResumed() throws IOException {
        Path site = published("r1");
        RunSite.requireFree(site, manifest("r1"));
    }

    @Test
    void aFrontPageOfNobodyKnownIsLeftAlone() throws IOException {
        Files.writeString(folder.resolve("index.html"), "my home page");
        assertThatThrownBy(() -> RunSite.requireFree(folder, manifest("r1"))).isInstanceOf(ConfigException.class);
    }

    /** A site as it is published: a front page and the manifest of its run. */
    private Path published(String runId) throws IOException {
        Path site = folder.resolve("pages");
        Path run = Files.createDirectories(site.resolve("runs").resolve("small-" + runId));
        Files.writeString(site.resolve("index.html"), "<title>Leaderboard</title>");
        Files.writeString(run.resolve("manifest.json"), Json.pretty(manifest(runId)));
        return site;
    }

    private static Manifest manifest(String runId) {
        return new Manifest(
                Manifest.SCHEMA_VERSION,
                "small",
                runId,
                "00",
                "study: small\n",
                "2026-03-02T03:10:00Z",
                null,
                Map.of("study", 1L),
                Map.of(),
                Map.of(),
                List.of(),
                List.of(),
                new Manifest.Prices("list", "2026-03-01", "us", Map.of("box", 1.0)),
                "v",
                new Manifest.Objectives(null, null, null, 0.95, 0.02),
                List.of(),
                new Manifest.Plan(List.of(), List.of(), new Manifest.Search(0.05, 6), 1, null, Map.of()));
    }
}
