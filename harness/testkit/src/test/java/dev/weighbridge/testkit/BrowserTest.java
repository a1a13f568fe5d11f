package dev.weighbridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrowserTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrongWithAPageIsSeen() throws IOException {
        Path page = Files.writeString(folder.resolve("page.html"), """
                <!DOCTYPE html><title>x</title>
                <style>
                  body { margin: 0; color: #000; background: #fff }
                  @media (prefers-color-scheme: dark) { body { background: #333 } }
                </style>
                <p>plain</p><p style="color: #999">pale</p>
                <details><summary>more</summary><div style="width: 500px">wide</div></details>
                <script>console.error("a word"); missing();</script>
                """);
        try (Browser browser = Browser.start(folder)) {
            browser.open(page.toUri().toString(), 390);
            assertThat(browser.evaluate("window.innerWidth")).isEqualTo("390");
            assertThat(browser.console())
                    .hasSize(2)
                    .anyMatch(line -> line.contains("a word"))
                    .anyMatch(line -> line.contains("missing is not defined"));
            assertThat(browser.overflow()).isZero();
            browser.unfold();
            assertThat(browser.overflow()).isEqualTo(110);
            browser.scheme("light");
            assertThat(browser.faint()).containsExactly("2.85 pale");
            browser.scheme("dark");
            assertThat(browser.faint()).anyMatch(text -> text.endsWith(" plain"));

            browser.open(page.toUri().toString(), 768);
            assertThat(browser.overflow()).isZero();
            assertThat(browser.console()).as("of this page alone").hasSize(2);
        }
    }
}
