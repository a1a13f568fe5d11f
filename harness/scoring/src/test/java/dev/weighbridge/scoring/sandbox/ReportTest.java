package dev.weighbridge.scoring.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTest {

    @Test
    void aReportHoldsWhatItsFirstLineSays() throws IOException {
        CodeRun run = read("READY\nFAILED 3 1500 250 4 3 6\nout\nerrreason and more");

        assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(run.exitCode()).hasValue(3);
        assertThat(run.wallSeconds()).isEqualTo(1.5);
        assertThat(run.cpuSeconds()).hasValue(0.25);
        assertThat(run.stdout()).isEqualTo("out\n");
        assertThat(run.stderr()).isEqualTo("err");
        assertThat(run.reason()).isEqualTo("reason");
    }

    @Test
    void whatIsUnknownIsLeftOut() throws IOException {
        CodeRun run = read("READY\nTIMED_OUT -1 1500 -1 0 0 0\n");

        assertThat(run.exitCode()).isEmpty();
        assertThat(run.cpuSeconds()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "READY\n",
                "READY\nPASSED 0 1",
                "READY\nPASSED 0 1 1 0 0\n",
                "READY\nPASSED 0 1 1 9 0 0\nshort",
                "READY\nPASSED 0 1 1 99999999 0 0\n",
                "READY\nPASSED 0 1 1 -1 0 0\n",
                "READY\nPASSED 0 1 one 0 0 0\n",
                "READY\nWON 0 1 1 0 0 0\n"
            })
    void aProgramWhoseReportIsBrokenWasKilled(String text) throws IOException {
        assertThat(read(text).outcome()).isEqualTo(Outcome.KILLED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "READY", "PASSED 0 1 1 0 0 0\n", "bash: line 1\n"})
    void aWardenThatNeverWasReadyIsAFailureOfTheSandbox(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IOException.class);
    }

    @Test
    void anEndlessFirstLineIsNotReadToItsEnd() {
        assertThatThrownBy(() -> read("x".repeat(1_000_000))).isInstanceOf(IOException.class);
    }

    private static CodeRun read(String text) throws IOException {
        return Report.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), SandboxLimits.defaults());
    }
}
