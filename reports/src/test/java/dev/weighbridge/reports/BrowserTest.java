package dev.weighbridge.reports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.testkit.Browser;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report in a real browser, opened from its files. */
class BrowserTest {
    private static final List<String> PAGES = List.of("index.html", "figures.html", "trials.html");
    /** A desk, a tablet, a telephone, and the width that WCAG asks for when a page is enlarged. */
    private static final List<Integer> WIDTHS = List.of(1400, 768, 390, 320);

    @TempDir
    Path folder;

    @Test
    void theReportOpensFromItsFilesWithoutAWordInTheConsole() {
        Path report = write(FixtureRun.realistic(folder));
        try (Browser browser = Browser.start(folder)) {
            for (String page : PAGES) {
                browser.open(address(report, page), 1400);
                assertThat(browser.console()).as("console of " + page).isEmpty();
            }
            browser.open(address(report, "index.html"), 1400);
            assertThat(browser.document())
                    .contains("Deploy onnxruntime")
                    .contains("chart-accuracy-cost")
                    .contains("<svg");
        }
    }

    @Test
    void aHostileReportRunsNothingOfWhatItShows() {
        Path report = write(FixtureRun.hostile(folder));
        try (Browser browser = Browser.start(folder)) {
            browser.open(address(report, "index.html"), 1400);
            assertThat(browser.document()).contains("&lt;script&gt;alert(1)");
            assertThat(browser.console()).isEmpty();
        }
    }

    @Test
    void noPageScrollsSideways() {
        List<Path> reports = List.of(write(FixtureRun.realistic(folder)), write(FixtureRun.hostile(folder)));
        try (Browser browser = Browser.start(folder)) {
            for (Path report : reports) {
                for (String page : PAGES) {
                    for (int width : WIDTHS) {
                        browser.open(address(report, page), width);
                        assertThat(browser.overflow())
                                .as(report + " " + page + " at " + width)
                                .isLessThanOrEqualTo(0);
                        browser.unfold();
                        assertThat(browser.overflow())
                                .as(report + " " + page + " at " + width + ", all opened")
                                .isLessThanOrEqualTo(0);
                    }
                }
            }
        }
    }

    @Test
    void whereATableScrollsTheNamesOfItsRowsStayInSight() {
        Path report = write(FixtureRun.realistic(folder));
        try (Browser browser = Browser.start(folder)) {
            browser.open(address(report, "index.html"), 390);
            assertThat(browser.evaluate("""
                            (() => {
                              const table = document.getElementById('results-table');
                              const frame = table.parentElement;
                              frame.scrollLeft = frame.scrollWidth;
                              const name = table.querySelector('tbody th');
                              return [
                                frame.scrollLeft > 0,
                                name.getBoundingClientRect().left >= frame.getBoundingClientRect().left,
                                getComputedStyle(name, '::before').content,
                                getComputedStyle(table.querySelector('tbody td.part')).display
                              ].join();
                            })()
                            """)).isEqualTo("true,true,\"onnxruntime · int8 · continuous-8\",none");
            assertThat(browser.evaluate("""
                            (() => {
                              const frame = document.getElementById('fates-table').parentElement;
                              return frame.scrollWidth - frame.clientWidth;
                            })()
                            """))
                    .as("a table of sentences does not scroll at all")
                    .isEqualTo("0");
        }
    }

    @Test
    void everyTextStandsOutInBothColourSchemes() {
        Path report = write(FixtureRun.realistic(folder));
        try (Browser browser = Browser.start(folder)) {
            for (String page : PAGES) {
                browser.open(address(report, page), 1400);
                browser.unfold();
                for (String scheme : List.of("light", "dark")) {
                    browser.scheme(scheme);
                    assertThat(browser.faint()).as(page + ", " + scheme).isEmpty();
                }
            }
        }
    }

    private static Path write(RunDirectory run) {
        return ReportWriter.write(run).getParent();
    }

    private static String address(Path report, String page) {
        return report.resolve(page).toUri().toString();
    }
}
