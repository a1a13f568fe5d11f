package dev.weighbridge.scoring.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JavaProgramsTest {
    private static final SandboxLimits LIMITS =
            SandboxLimits.defaults().withTime(Duration.ofSeconds(5)).withMemoryBytes(128L << 20);
    private static final String TESTS = """
            class Tests {
                public static void main(String[] none) {
                    assert Solution.twice(21) == 42;
                    assert Solution.twice(-1) == -2;
                }
            }
            """;

    private static List<Sandbox> sandboxes;

    @BeforeAll
    static void open() {
        try {
            sandboxes = Confinements.ofThisMachine().stream()
                    .flatMap(means -> {
                        try {
                            return Stream.of(Sandbox.open(LIMITS, Language.JAVA, List.of(means)));
                        } catch (SandboxUnavailableException e) {
                            System.err.println(means.name() + " is not tested here: " + e.getMessage());
                            return Stream.of();
                        }
                    })
                    .toList();
        } catch (SandboxUnavailableException e) {
            Assumptions.abort("Java programs are not tested here: " + e.getMessage());
        }
        Assumptions.assumeFalse(sandboxes.isEmpty(), "Java programs are not tested here: no means confines");
    }

    @Test
    void aRightSolutionPasses() {
        endsAs(Outcome.PASSED, """
                import java.util.*;

                public final class Solution {
                    static int twice(int x) {
                        return List.of(x, x).stream().mapToInt(y -> y).sum();
                    }
                }
                """);
    }

    @Test
    void aWrongSolutionFails() {
        endsAs(Outcome.FAILED, solution("return x * x;"));
    }

    @Test
    void aSolutionThatDoesNotCompileFails() {
        endsAs(Outcome.FAILED, solution("return x *;"));
    }

    @Test
    void anEndBeforeTheTestsHaveRunFails() {
        endsAs(Outcome.FAILED, solution("System.exit(0); return 0;"));
        endsAs(Outcome.FAILED, solution("Runtime.getRuntime().halt(0); return 0;"));
    }

    @Test
    void anEndlessLoopTimesOut() {
        endsAs(Outcome.TIMED_OUT, solution("while (true) { x++; }"));
    }

    @Test
    void memoryIsBounded() {
        endsAs(Outcome.OUT_OF_MEMORY, solution("long[] y = new long[1 << 29]; return y.length;"));
    }

    @Test
    void outputIsBounded() {
        endsAs(Outcome.OUTPUT_LIMIT, solution("while (true) { System.out.println(\"x\".repeat(1000)); }"));
    }

    @Test
    void processesAreBoundedAndNetworkAndFilesAreOutOfReach() {
        endsAs(Outcome.PASSED, """
                import java.io.*;
                import java.net.*;
                import java.nio.file.*;

                class Solution {
                    static int twice(int x) {
                        int refused = 0;
                        try {
                            new ServerSocket(0).close();
                        } catch (IOException e) {
                            refused++;
                        }
                        for (String path : new String[] {"/etc/passwd", "/root", "/home", "/proc/1/environ"}) {
                            try {
                                Files.newInputStream(Path.of(path)).close();
                            } catch (IOException e) {
                                refused++;
                            }
                        }
                        try {
                            Files.writeString(Path.of("/proc/1/fd/1"), "PASSED 0 1 1 0 0 0\\n");
                        } catch (IOException e) {
                            refused++;
                        }
                        return refused == 6 ? 2 * x : 0;
                    }
                }
                """);
        endsAs(
                Outcome.KILLED,
                solution("while (true) { try { new ProcessBuilder(\"/usr/bin/sleep\", \"9\").start(); }"
                        + " catch (java.io.IOException e) { x++; } }"));
    }

    @Test
    void threadsThatNeverEndDoNotKeepARunUp() {
        endsAs(
                Outcome.PASSED,
                solution("new Thread(() -> { while (true) { Thread.onSpinWait(); } }).start(); return 2 * x;"));
    }

    private static String solution(String body) {
        return "class Solution { static int twice(int x) { " + body + " } }";
    }

    private static void endsAs(Outcome outcome, String source) {
        Program program = new Program(Language.JAVA, source, TESTS);
        List<CompletableFuture<CodeRun>> runs = sandboxes.stream()
                .map(sandbox -> CompletableFuture.supplyAsync(() -> sandbox.run(program)))
                .toList();
        assertThat(runs.stream().map(CompletableFuture::join).toList())
                .allSatisfy(run -> assertThat(run.outcome()).isEqualTo(outcome));
        assertThat(ProcessHandle.current().descendants()).isEmpty();
    }
}
