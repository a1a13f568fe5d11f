package dev.weighbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.results.InvalidResultException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a session ends that is interrupted, and one that fails. */
class StudySessionTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private int run(StudySession.Measuring measuring) {
        Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), false, 150);
        return new StudySession(terminal).run(measuring, null);
    }

    @Test
    void anInterruptWhileAFileIsWrittenIsToldAsSuchAndNotAsAFaultOfTheDisk() {
        assertThat(run(runner -> {
                    Thread.currentThread().interrupt();
                    try (FileChannel file = FileChannel.open(
                            folder.resolve("trial.json"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                        file.write(ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8)));
                    } catch (IOException e) {
                        throw new InvalidResultException("cannot write trial.json: " + e, e);
                    }
                    throw new AssertionError("a file is not written on an interrupted thread");
                }))
                .isEqualTo(ExitCode.TRIAL_FAILED);
        assertThat(err.toString()).contains("weighbridge resume").doesNotContain("ClosedByInterrupt", "cannot write");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anEngineThatIsInterruptedWhileItStartsHasNotFailed() {
        assertThat(run(runner -> {
                    Thread.currentThread().interrupt();
                    throw new EngineException(EngineException.Category.FAILED, "interrupted while it started");
                }))
                .isEqualTo(ExitCode.TRIAL_FAILED);
        assertThat(err.toString()).contains("interrupted; 'weighbridge resume'");
    }

    @Test
    void aFailureWithoutAnInterruptStaysOne() {
        assertThatThrownBy(() -> run(runner -> {
                    throw new InvalidResultException("the disk is full");
                }))
                .hasMessage("the disk is full");
    }
}
