package dev.weighbridge.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens the site from the disk in a browser, where there is one. */
class BrowserTest {
    private static final Pattern ROW =
            Pattern.compile("<tr class=\"(?:chosen|valid|not-valid)\" data-engine=\"([^\"]*)\"[^>]*>");
    private static final Pattern COST = Pattern.compile("<td class=\"n\" data-sort=\"[^\"]*\">(0\\.0[0-9]+)<");
    private static final long PATIENCE_SECONDS = 120;

    @TempDir
    Path folder;

    @Test
    void opensFromTheDiskWithoutAWordOnTheConsole() throws Exception {
        Path index = SitePublisher.publish(
                List.of(FixtureRuns.everyFate(folder, "a1"), FixtureRuns.hostile(folder)), folder.resolve("site"));
        Path run = folder.resolve("site/runs/quickstart-a1/index.html");

        String leaderboard = open(index.toUri().toString());
        assertThat(rows(leaderboard)).hasSize(11).allMatch(row -> !row.contains("hidden"));
        assertThat(leaderboard).contains(">11 of 11 variants<").contains("aria-sort=\"none\"");
        assertThat(open(run.toUri().toString())).contains("Deploy onnxruntime");
    }

    @Test
    void addressSortsAndFilters() throws Exception {
        Path index = SitePublisher.publish(List.of(FixtureRuns.everyFate(folder, "a1")), folder.resolve("site"));

        String page = open(index.toUri() + "#engine=onnxruntime&sort=-usd_per_1m_output_tokens&status=%3Cscript%3E");

        assertThat(page).contains(">4 of 8 variants<");
        assertThat(page).containsPattern("<th [^>]*data-key=\"usd_per_1m_output_tokens\"[^>]*aria-sort=\"descending\"");
        assertThat(rows(page))
                .filteredOn(row -> !row.contains("hidden"))
                .hasSize(4)
                .allMatch(row -> row.contains("onnx"));
        assertThat(COST.matcher(page).results().map(cost -> cost.group(1)))
                .containsExactly("0.0817", "0.0407", "0.0274", "0.0271", "0.0204");
    }

    private static List<String> rows(String page) {
        return ROW.matcher(page).results().map(row -> row.group()).toList();
    }

    /** The document as the browser has it once its script has run; fails when anything was written to the console. */
    private String open(String address) throws IOException, InterruptedException {
        Optional<Path> browser = browser();
        assumeTrue(browser.isPresent(), "no chromium, chromium-browser or google-chrome on the PATH");
        Path log = Files.createTempFile(folder, "console", ".log");
        Path dom = Files.createTempFile(folder, "dom", ".html");
        List<String> command = new ArrayList<>(List.of(
                browser.orElseThrow().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--no-first-run",
                "--enable-logging=stderr",
                "--dump-dom",
                "--user-data-dir=" + Files.createTempDirectory(folder, "profile"),
                address));
        Process process = new ProcessBuilder(command)
                .redirectOutput(dom.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("browser ended")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readAllLines(log).stream().filter(line -> line.contains("CONSOLE")))
                .as("console of " + address)
                .isEmpty();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        return Files.readString(dom);
    }

    private static Optional<Path> browser() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of(path.split(Pattern.quote(File.pathSeparator)))
                        .map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
