package dev.weighbridge.reports;

import dev.weighbridge.pages.Markup;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Links to the files under the report. */
final class FilesSection {
    private FilesSection() {}

    static Markup of(RunFacts facts, RunDirectory run) {
        Markup html = new Markup();
        html.open("section", "id", "files", "aria-labelledby", "files-heading");
        html.element("h2", "Raw files", "id", "files-heading");
        html.open("ul", "class", "files");
        for (String name : List.of("manifest.json", "trials.jsonl", "decision.json")) {
            if (Files.exists(facts.path().resolve(name))) {
                link(html, "../" + name, name);
            }
        }
        for (String name : List.of(ReportWriter.CSV, ReportWriter.JSON, ReportWriter.MARKDOWN)) {
            link(html, name, "report/" + name);
        }
        html.close();
        html.open("details").element("summary", "Files of each trial").open("ul", "class", "files");
        for (Trial trial : facts.trials()) {
            for (String name : filesOf(run, trial)) {
                String path = "trials/" + trial.id() + "/" + name;
                link(html, "../" + path, path);
            }
        }
        return html.close().close().close();
    }

    private static void link(Markup html, String target, String text) {
        html.open("li").element("a", text, "href", target).close();
    }

    /** Names of the plain files of a trial that can stand in a relative link as they are. */
    private static List<String> filesOf(RunDirectory run, Trial trial) {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(run.trialPath(trial.id()))) {
            files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[A-Za-z0-9_][A-Za-z0-9._~+-]*"))
                    .sorted()
                    .forEach(names::add);
        } catch (IOException | InvalidResultException e) {
            // A trial without its folder has no raw files to link to.
            return List.of();
        }
        return names;
    }
}
