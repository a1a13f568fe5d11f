package dev.weighbridge.reports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.results.RunDirectory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportWriterTest {
    @TempDir
    Path results;

    @Test
    void writes() {
        Path out = System.getProperty("fixture.out") == null ? results : Path.of(System.getProperty("fixture.out"));
        RunDirectory run = FixtureRun.realistic(out);
        assertThat(ReportWriter.write(run)).exists();
        assertThat(ReportWriter.write(FixtureRun.hostile(out))).exists();
        System.out.println(ConsoleReport.render(run.summary(), run.decision(), 120));
    }
}
