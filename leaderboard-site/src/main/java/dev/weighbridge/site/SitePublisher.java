package dev.weighbridge.site;

import dev.weighbridge.pages.Page;
import dev.weighbridge.pages.PageResource;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Trial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes run directories as a static site: a leaderboard, a page for each run, and their data. */
public final class SitePublisher {
    private static final PageResource STYLE = PageResource.read(SitePublisher.class, SitePage.STYLE);
    private static final PageResource SCRIPT = PageResource.read(SitePublisher.class, SitePage.SCRIPT);
    private static final String INDEX = "index.html";
    private static final String MANIFEST = "manifest.json";
    private static final String TRIALS = "trials.jsonl";
    private static final String DECISION = "decision.json";

    private SitePublisher() {}

    /**
     * Writes the site. The same runs give the same bytes, in whatever order they are named. Files of the site are replaced;
     * other files in its folder are left alone. Of a run's files only manifest, trials and decision are published; prompts,
     * answers, requests and logs stay where they are.
     *
     * @param runs run folders, {@code <results>/<study>/<run-id>}; at least one
     * @param site folder to write to, made when missing
     * @return the front page, {@code index.html} in that folder
     * @throws InvalidResultException when a run cannot be read or the site cannot be written
     */
    public static Path publish(List<Path> runs, Path site) {
        if (runs.isEmpty()) {
            throw new InvalidResultException("there is no run to publish. Name at least one run folder.");
        }
        List<PublishedRun> published = PublishedRun.read(runs);
        try {
            for (PublishedRun run : published) {
                write(run, site.resolve("runs").resolve(run.folder()));
            }
            Path data = Files.createDirectories(site.resolve("data"));
            write(data.resolve("leaderboard.json"), LeaderboardData.json(published));
            write(data.resolve("leaderboard.csv"), LeaderboardData.csv(published));
            write(site.resolve(SitePage.STYLE), Page.STYLE.text() + "\n" + STYLE.text());
            write(site.resolve(SitePage.SCRIPT), SCRIPT.text());
            Path index = site.resolve(INDEX);
            write(index, LeaderboardPage.of(published));
            return index;
        } catch (IOException e) {
            throw new InvalidResultException(
                    "cannot write the site to " + site + ": " + e + ". Free some space or choose another folder.", e);
        }
    }

    /** The records are written anew from what was read, so that nothing but records can be published. */
    private static void write(PublishedRun run, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<String> files = new ArrayList<>(List.of(MANIFEST, TRIALS));
        write(folder.resolve(MANIFEST), Json.pretty(run.manifest()));
        StringBuilder trials = new StringBuilder();
        for (Trial trial : run.trials()) {
            trials.append(Json.line(trial)).append('\n');
        }
        write(folder.resolve(TRIALS), trials.toString());
        if (run.decision().isPresent()) {
            files.add(DECISION);
            write(folder.resolve(DECISION), Json.pretty(run.decision().get()));
        } else {
            Files.deleteIfExists(folder.resolve(DECISION));
        }
        write(folder.resolve(INDEX), RunPage.of(run, files));
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardCharsets.UTF_8);
    }
}
