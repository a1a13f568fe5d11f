package dev.weighbridge.inference.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.inference.server.DemoModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line of an engine's process. */
class JavaLaunchTest {
    @TempDir
    Path scratch;

    @Test
    void optionsOfTheUserComeLastSoThatTheyWin() {
        List<String> command = command(" -Xmx2g  -Dcolour=blue ");
        assertThat(command).containsSubsequence("-Xms64m", "-Xmx2g", "-Dcolour=blue", "--engine");
        assertThat(command).contains("-XX:+UseSerialGC");
    }

    @Test
    void collectorOfTheUserReplacesOurs() {
        assertThat(command("-XX:+UseG1GC")).contains("-XX:+UseG1GC").doesNotContain("-XX:+UseSerialGC");
    }

    @Test
    void withoutOptionsNothingIsAdded() {
        assertThat(command("")).doesNotContain("");
    }

    private List<String> command(String ownOptions) {
        return JavaLaunch.of("gated", DemoModel.spec(scratch), scratch.resolve("ready.json"), ownOptions)
                .builder()
                .command();
    }
}
