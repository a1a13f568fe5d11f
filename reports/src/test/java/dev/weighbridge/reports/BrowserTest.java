package dev.weighbridge.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weighbridge.results.RunDirectory;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The report in a real browser, opened from its file. */
class BrowserTest {
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");
    private static final long LONGEST_SECONDS = 120;

    // A browser that was just ended may still write to its profile.
    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    @Test
    void aRealisticReportOpensFromAFileWithoutAWordInTheConsole() throws IOException, InterruptedException {
        String page = open(FixtureRun.realistic(folder));
        assertThat(page)
                .contains("Deploy onnxruntime")
                .contains("chart-accuracy-cost")
                .contains("<svg");
    }

    @Test
    void aHostileReportRunsNothingOfWhatItShows() throws IOException, InterruptedException {
        assertThat(open(FixtureRun.hostile(folder))).contains("&lt;script&gt;alert(1)");
    }

    /** The page as the browser holds it after its script has run. */
    private String open(RunDirectory run) throws IOException, InterruptedException {
        Optional<String> browser = browser();
        assumeTrue(browser.isPresent(), "no browser of " + BROWSERS + " is on the path");
        Path page = ReportWriter.write(run);
        Path dom = folder.resolve("dom.html");
        Path console = folder.resolve("console.log");
        List<String> command = new ArrayList<>(List.of(browser.get(), "--headless", "--no-sandbox", "--disable-gpu"));
        command.addAll(
                List.of("--disable-background-networking", "--no-first-run", "--enable-logging=stderr", "--v=0"));
        command.addAll(List.of(
                "--user-data-dir=" + folder.resolve("profile"),
                "--dump-dom",
                page.toUri().toString()));
        Process process = new ProcessBuilder(command)
                .redirectOutput(dom.toFile())
                .redirectError(console.toFile())
                .start();
        boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        // A starved machine is no fault of the page.
        assumeTrue(ended, "the browser did not end within " + LONGEST_SECONDS + " s");
        assertThat(Files.readString(console, StandardCharsets.UTF_8).lines().filter(line -> line.contains("CONSOLE")))
                .as("console of " + page)
                .isEmpty();
        return Files.readString(dom, StandardCharsets.UTF_8);
    }

    private static Optional<String> browser() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator, -1))
                .flatMap(folder -> BROWSERS.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
