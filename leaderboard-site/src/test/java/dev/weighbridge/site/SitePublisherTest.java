package dev.weighbridge.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.analysis.RunView;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class SitePublisherTest {
    private static final String ROWS = "//table[@id='leaderboard']/tbody/tr[not(contains(@class, 'why'))]";

    @TempDir
    Path folder;

    @Test
    void showsEveryVariantOfEveryRunWithItsFigures() {
        Path index = SitePublisher.publish(
                List.of(FixtureRuns.everyFate(folder, "a1"), FixtureRuns.everyFate(folder, "a2")),
                folder.resolve("site"));

        assertThat(Pages.find(index, ROWS)).hasSize(16);
        List<String> first = Pages.texts(index, "(" + ROWS + ")[1]/*");
        assertThat(first)
                .containsExactly(
                        "1=",
                        "onnxruntime",
                        "fp32",
                        "continuous-8",
                        "78.0±5.7",
                        "26.6[25.6, 27.6]",
                        "63.1[60.8, 65.5]",
                        "2.99[2.88, 3.10]",
                        "30.7[29.6, 31.9]",
                        "982[946, 1,020]",
                        "0.0271[0.0261, 0.0282]",
                        "chosen\ncheapest variant that meets the objectives\n\n",
                        "quickstarta1");
        assertThat(Pages.texts(index, "//section[@id='results']/p[1]"))
                .as("what all variants have in common has no column")
                .singleElement()
                .asString()
                .contains("All variants here are of model demo-llm-25m on hardware cpu-2.");
    }

    @Test
    void modelAndHardwareAreShownInRowsWhereTheyDiffer() {
        Path index = SitePublisher.publish(
                List.of(FixtureRuns.everyFate(folder, "a1"), FixtureRuns.hostile(folder)), folder.resolve("site"));

        assertThat(Pages.attributes(index, "//table[@id='leaderboard']/thead/tr/th", "data-key"))
                .contains("model", "run");
        assertThat(Pages.texts(index, ROWS + "/td[2]")).contains("demo-llm-25mcpu-2");
    }

    @Test
    void aModelOfRandomWeightsSaysSoOnEveryPage() throws IOException {
        String note = "random weights: speed only";
        Path random = FixtureRuns.randomWeights(folder);
        Path alone = SitePublisher.publish(List.of(random), folder.resolve("alone"));
        assertThat(Pages.texts(alone, "//section[@id='results']/p[1]"))
                .singleElement()
                .asString()
                .contains("of model demo-llm-25m (" + note + ")");
        Path index =
                SitePublisher.publish(List.of(random, FixtureRuns.everyFate(folder, "a1")), folder.resolve("site"));
        assertThat(Pages.texts(index, ROWS + "/td[2]"))
                .as("the same name with and without training")
                .contains("demo-llm-25m" + note, "demo-llm-25m");
        assertThat(Files.readString(folder.resolve("site/data/leaderboard.csv")))
                .contains(",demo-llm-25m,random,");
        assertThat(Files.readString(folder.resolve("site/data/leaderboard.json")))
                .contains("\"weights\" : \"random\"");
        assertThat(Files.readString(folder.resolve("site/runs/speed-r1/index.html")))
                .contains("demo-llm-25m has " + note, note + "; shape gpt2, seed 7");
    }

    @Test
    void nothingIsSaidInATitleAlone() {
        Path site = folder.resolve("site");
        SitePublisher.publish(List.of(FixtureRuns.everyFate(folder, "a1"), FixtureRuns.hostile(folder)), site);

        files(site).keySet().stream()
                .filter(name -> name.endsWith(".html"))
                .forEach(name -> assertThat(Pages.find(site.resolve(name), "//*[@title]"))
                        .as(name + ": a title attribute is out of reach of keyboard and touch")
                        .isEmpty());
    }

    @Test
    void showsWhatIsNotValidBelowWithItsReasonsAndWithoutRankOrVerdict() {
        Path index = SitePublisher.publish(List.of(FixtureRuns.everyFate(folder, "a1")), folder.resolve("site"));

        assertThat(Pages.attributes(index, "//tbody[@class='ranked']/tr", "data-status"))
                .hasSize(5)
                .containsOnly("valid");
        assertThat(Pages.attributes(index, "//tbody[@class='unranked']/tr[@data-status]", "data-status"))
                .containsExactly("invalid", "failed", "skipped");
        assertThat(Pages.texts(index, "//tbody[@class='unranked']/tr[@class='why not-valid']"))
                .containsExactly(FixtureRuns.INVALID, FixtureRuns.FAILED, FixtureRuns.SKIPPED);
        assertThat(Pages.texts(index, "//tbody/tr[@data-status]/td[1]"))
                .containsExactly("1=", "1=", "3", "–", "–", "–", "–", "–");
        assertThat(Pages.texts(index, "//tbody/tr[@data-status]/td[last()]//span"))
                .containsExactly(
                        "chosen", "tied", "dearer", "inconclusive", "disqualified", "invalid", "failed", "skipped");
    }

    @Test
    void publishesRecordsAndPagesAndNothingElseOfARun() throws IOException {
        Path run = FixtureRuns.everyFate(folder, "a1");
        Files.writeString(run.resolve("resume.json"), "{}");
        Files.createDirectories(run.resolve("logs"));
        Files.writeString(run.resolve("logs/engine.log"), "secret");
        Path site = folder.resolve("site");
        SitePublisher.publish(List.of(run), site);

        assertThat(files(site).keySet())
                .containsExactly(
                        "data/leaderboard.csv",
                        "data/leaderboard.json",
                        "index.html",
                        "runs/quickstart-a1/decision.json",
                        "runs/quickstart-a1/index.html",
                        "runs/quickstart-a1/manifest.json",
                        "runs/quickstart-a1/trials.jsonl",
                        "site.css",
                        "site.js");
        for (String file : List.of("manifest.json", "trials.jsonl", "decision.json")) {
            assertThat(site.resolve("runs/quickstart-a1").resolve(file)).hasSameTextualContentAs(run.resolve(file));
        }
    }

    @Test
    void everyLinkOfEveryPageLeadsSomewhere() {
        Path site = folder.resolve("site");
        Path index =
                SitePublisher.publish(List.of(FixtureRuns.everyFate(folder, "a1"), FixtureRuns.hostile(folder)), site);
        List<Path> pages = files(site).keySet().stream()
                .filter(name -> name.endsWith(".html"))
                .map(site::resolve)
                .toList();

        assertThat(pages).hasSize(3).contains(index);
        for (Path page : pages) {
            for (Element element : Pages.find(page, "//*[@href or @src]")) {
                String link = element.getAttribute(element.hasAttribute("href") ? "href" : "src");
                if (link.startsWith("#")) {
                    assertThat(Pages.find(page, "//*[@id='" + link.substring(1) + "']"))
                            .as(page + " " + link)
                            .hasSize(1);
                } else {
                    assertThat(page.resolveSibling(link).normalize())
                            .as(page + " " + link)
                            .startsWith(site)
                            .isRegularFile();
                }
            }
        }
    }

    @Test
    void hostileTextIsTextOnEveryPage() {
        Path site = folder.resolve("site");
        SitePublisher.publish(List.of(FixtureRuns.hostile(folder)), site);

        files(site).forEach((name, text) -> {
            if (name.endsWith(".html")) {
                Path page = site.resolve(name);
                assertThat(Pages.find(page, "//@*[starts-with(name(), 'on')]/.."))
                        .as(name)
                        .isEmpty();
                assertThat(Pages.find(page, "//*[@style] | //style | //script[not(@src)] | //img | //iframe"))
                        .as(name)
                        .isEmpty();
                assertThat(Pages.find(page, "//body//script")).as(name).isEmpty();
                assertThat(text)
                        .doesNotContain("\u202E", "\u0000", "alert(1)</script>")
                        .contains("&lt;script&gt;");
                assertThat(text).doesNotContain("x".repeat(601));
            }
        });
        assertThat(Pages.find(site.resolve("index.html"), ROWS)).hasSize(3);
    }

    @Test
    void hostileStudyAndRunIdsBecomeHarmlessFolderNames() throws IOException {
        Path site = folder.resolve("site");
        SitePublisher.publish(List.of(FixtureRuns.hostile(folder)), site);

        try (Stream<Path> runs = Files.list(site.resolve("runs"))) {
            assertThat(runs.map(path -> path.getFileName().toString()))
                    .singleElement()
                    .asString()
                    .matches("[A-Za-z0-9][A-Za-z0-9._-]{0,120}");
        }
    }

    @Test
    void runsOfTheSameNameGetFoldersOfTheirOwnAndARunNamedTwiceIsShownOnce() throws IOException {
        Path first = FixtureRuns.everyFate(folder.resolve("left"), "a1");
        Path second = FixtureRuns.everyFate(folder.resolve("right"), "a1");
        Path site = folder.resolve("site");
        SitePublisher.publish(List.of(first, second, first.resolve(".")), site);

        try (Stream<Path> runs = Files.list(site.resolve("runs"))) {
            assertThat(runs.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("quickstart-a1", "quickstart-a1-2");
        }
    }

    @Test
    void theSameRunsGiveTheSameBytesInAnyOrderAndOverAnOlderSite() {
        Path first = FixtureRuns.everyFate(folder, "a1");
        Path second = FixtureRuns.everyFate(folder, "a2");
        Path third = FixtureRuns.hostile(folder);
        SitePublisher.publish(List.of(first, second, third), folder.resolve("one"));
        SitePublisher.publish(List.of(third, second, first), folder.resolve("two"));
        SitePublisher.publish(List.of(second, first, third), folder.resolve("two"));

        assertThat(files(folder.resolve("two"))).isEqualTo(files(folder.resolve("one")));
    }

    @Test
    void runPageTellsDecisionProvenanceAndEveryFigure() {
        Path run = FixtureRuns.everyFate(folder, "a1");
        SitePublisher.publish(List.of(run), folder.resolve("site"));
        Path page = folder.resolve("site/runs/quickstart-a1/index.html");
        int figures = RunView.of(RunDirectory.open(run)).rows().stream()
                .flatMap(row -> row.figures().values().stream())
                .mapToInt(Map::size)
                .sum();

        assertThat(Pages.texts(page, "//h2[@id='decision-heading']"))
                .containsExactly("Deploy onnxruntime · fp32 · continuous-8, tied with others");
        assertThat(Pages.texts(page, "//table[@id='variants-table']/tbody/tr/td[last()]"))
                .contains("cheapest variant that meets the objectives", FixtureRuns.INVALID);
        assertThat(Pages.find(page, "//table[@id='trials-table']/tbody/tr")).hasSize(5 * 8 + 3);
        assertThat(Pages.find(page, "//details[@class='part-of-page']/div/table/tbody/tr"))
                .hasSize(figures);
        assertThat(Pages.texts(page, "//section[@id='provenance']"))
                .singleElement()
                .asString()
                .contains("a1b2c3d4".repeat(8), "2026-02-15", "published prices", "AMD EPYC 7763", "17.0.15")
                .contains("9c1e4a7d2b3f4c5e6a7b8c9d0e1f2a3b4c5d6e7f", "Seed, arrivals");
    }

    @Test
    void aDecisionOfAnotherRunIsNotBelieved() throws IOException {
        Path run = FixtureRuns.everyFate(folder, "a1");
        Path other = FixtureRuns.everyFate(folder, "a2");
        Files.copy(other.resolve("decision.json"), run.resolve("decision.json"), StandardCopyOption.REPLACE_EXISTING);
        Path site = folder.resolve("site");
        Path index = SitePublisher.publish(List.of(run), site);

        assertThat(Pages.find(index, "//*[contains(@class, 'CHOSEN')]"))
                .as("the run's own figures choose, whatever the file says")
                .hasSize(1);
        assertThat(Pages.texts(site.resolve("runs/quickstart-a1/index.html"), "//p[@class='warning']"))
                .singleElement()
                .asString()
                .contains("belongs to another run");
        assertThat(Files.readString(site.resolve("runs/quickstart-a1/decision.json")))
                .as("the decision of its own figures is published")
                .contains("\"a1\"");
    }

    @Test
    void pagesLetNothingButTheirOwnFilesIn() {
        Path site = folder.resolve("site");
        Path index = SitePublisher.publish(List.of(FixtureRuns.everyFate(folder, "a1")), site);
        String policy = "//meta[@http-equiv='Content-Security-Policy']";

        assertThat(Pages.attributes(index, policy, "content"))
                .containsExactly("default-src 'none'; style-src 'self' file:; script-src 'self' file:; base-uri 'none';"
                        + " form-action 'none'");
        assertThat(Pages.attributes(site.resolve("runs/quickstart-a1/index.html"), policy, "content"))
                .containsExactly("default-src 'none'; style-src 'self' file:; script-src 'none'; base-uri 'none';"
                        + " form-action 'none'");
    }

    @Test
    void refusesToPublishNothing() {
        assertThatThrownBy(() -> SitePublisher.publish(List.of(), folder))
                .isInstanceOf(InvalidResultException.class)
                .hasMessageContaining("Name at least one run folder");
    }

    private static Map<String, String> files(Path site) {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(site)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(site.relativize(path).toString().replace('\\', '/'), Files.readString(path));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return files;
    }
}
