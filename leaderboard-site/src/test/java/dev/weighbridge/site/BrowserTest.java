package dev.weighbridge.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.testkit.Browser;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The site in a real browser, opened from the disk. */
class BrowserTest {
    private static final Pattern ROW =
            Pattern.compile("<tr class=\"(?:chosen|valid|not-valid)\" data-engine=\"([^\"]*)\"[^>]*>");
    private static final Pattern COST = Pattern.compile("<td class=\"n\" data-sort=\"[^\"]*\">(0\\.0[0-9]+)<");
    /** A desk, a tablet, a telephone, and the width that WCAG asks for when a page is enlarged. */
    private static final List<Integer> WIDTHS = List.of(1400, 768, 390, 320);

    @TempDir
    Path folder;

    @Test
    void opensFromTheDiskWithoutAWordOnTheConsole() {
        Path index = SitePublisher.publish(
                List.of(FixtureRuns.everyFate(folder, "a1"), FixtureRuns.hostile(folder)), folder.resolve("site"));
        Path run = folder.resolve("site/runs/quickstart-a1/index.html");

        try (Browser browser = Browser.start(folder)) {
            browser.open(index.toUri().toString(), 1400);
            assertThat(browser.console()).isEmpty();
            assertThat(rows(browser.document())).hasSize(11).allMatch(row -> !row.contains("hidden"));
            assertThat(browser.document()).contains(">11 of 11 variants<").contains("aria-sort=\"none\"");
            browser.open(run.toUri().toString(), 1400);
            assertThat(browser.console()).isEmpty();
            assertThat(browser.document()).contains("Deploy onnxruntime");
        }
    }

    @Test
    void addressSortsAndFilters() {
        Path index = SitePublisher.publish(List.of(FixtureRuns.everyFate(folder, "a1")), folder.resolve("site"));

        try (Browser browser = Browser.start(folder)) {
            browser.open(
                    index.toUri() + "#engine=onnxruntime&sort=-usd_per_1m_output_tokens&status=%3Cscript%3E", 1400);
            assertThat(browser.console()).isEmpty();
            String page = browser.document();
            assertThat(page).contains(">4 of 8 variants<");
            assertThat(page)
                    .containsPattern("<th [^>]*data-key=\"usd_per_1m_output_tokens\"[^>]*aria-sort=\"descending\"");
            assertThat(rows(page))
                    .filteredOn(row -> !row.contains("hidden"))
                    .hasSize(4)
                    .allMatch(row -> row.contains("onnx"));
            assertThat(COST.matcher(page).results().map(cost -> cost.group(1)))
                    .containsExactly("0.0817", "0.0407", "0.0274", "0.0271", "0.0204");
        }
    }

    @Test
    void noPageScrollsSidewaysAndEveryTextStandsOutInBothColourSchemes() {
        Path site = folder.resolve("site");
        SitePublisher.publish(List.of(FixtureRuns.everyFate(folder, "a1"), FixtureRuns.hostile(folder)), site);

        List<Path> pages = Pages.all(site);
        assertThat(pages).as("the leaderboard and a page for each run").hasSize(3);
        try (Browser browser = Browser.start(folder)) {
            for (Path page : pages) {
                for (int width : WIDTHS) {
                    browser.open(page.toUri().toString(), width);
                    assertThat(browser.overflow()).as(page + " at " + width).isLessThanOrEqualTo(0);
                    browser.unfold();
                    assertThat(browser.overflow())
                            .as(page + " at " + width + ", all opened")
                            .isLessThanOrEqualTo(0);
                }
                for (String scheme : List.of("light", "dark")) {
                    browser.scheme(scheme);
                    assertThat(browser.faint()).as(page + ", " + scheme).isEmpty();
                }
            }
        }
    }

    private static List<String> rows(String page) {
        return ROW.matcher(page).results().map(row -> row.group()).toList();
    }
}
