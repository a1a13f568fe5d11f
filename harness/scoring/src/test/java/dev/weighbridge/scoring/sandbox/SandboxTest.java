package dev.weighbridge.scoring.sandbox;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxTest {

    @Test
    void aMachineEitherConfinesOrIsRefusedWithAReasonAndARemedy() {
        try {
            Sandbox sandbox = Sandbox.open(SandboxLimits.defaults());
            assertThat(sandbox.limits()).isEqualTo(SandboxLimits.defaults());
        } catch (SandboxUnavailableException e) {
            assertThat(e.reason()).isNotBlank();
            assertThat(e.remedy()).isNotBlank();
        }
    }

    @Test
    void whereNothingConfinesEveryProgramIsRefused() {
        SandboxUnavailableException refusal = catchThrowableOfType(
                SandboxUnavailableException.class,
                () -> Sandbox.open(SandboxLimits.defaults(), Language.PYTHON, List.of()));

        assertThat(refusal.reason()).contains("no means of this machine");
        assertThat(refusal.remedy()).contains("bubblewrap");
    }

    @Test
    void aMeansThatOnlyRunsProgramsIsRefused() {
        assumeConfined();
        assertThatThrownBy(() -> Sandbox.open(SandboxLimits.defaults(), Language.PYTHON, List.of(new Unconfined())))
                .isInstanceOf(SandboxUnavailableException.class)
                .hasMessageContaining("unconfined");
    }

    @Test
    void aMeansThatDoesNotExistIsRefused() {
        // Found before it is asserted on: where bubblewrap is absent, the test is skipped and not failed.
        Changed missing = new Changed(bubblewrap(), Map.of("bwrap", ""));
        assertThatThrownBy(() -> Sandbox.open(SandboxLimits.defaults(), Language.PYTHON, List.of(missing)))
                .isInstanceOf(SandboxUnavailableException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--unshare-net",
                "--unshare-ipc",
                "--unshare-uts",
                "--as-pid-1",
                "--remount-ro /",
                "--size 33554432"
            })
    void aConfinementThatLacksOnePartIsRefused(String part) {
        Changed lacking = new Changed(bubblewrap(), Map.of(part, ""));
        assertThatThrownBy(() -> Sandbox.open(SandboxLimits.defaults(), Language.PYTHON, List.of(lacking)))
                .isInstanceOf(SandboxUnavailableException.class)
                .hasMessageContaining("Untrusted code is not run here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--ro-bind /etc /etc", "--ro-bind / /", "--ro-bind /var /var", "--ro-bind /var /own"})
    void aConfinementThatShowsMoreIsRefused(String more) {
        Changed showing = new Changed(bubblewrap(), Map.of("--cap-drop ALL", "--cap-drop ALL " + more));
        assertThatThrownBy(() -> Sandbox.open(SandboxLimits.defaults(), Language.PYTHON, List.of(showing)))
                .isInstanceOf(SandboxUnavailableException.class);
    }

    @Test
    void theNextMeansServesWhereTheFirstDoesNotConfine() {
        Confinement real = bubblewrap();
        Sandbox sandbox = Sandbox.open(SandboxLimits.defaults(), Language.PYTHON, List.of(new Unconfined(), real));

        assertThat(sandbox.run(new Program(Language.PYTHON, "x = 1\n")).passed())
                .isTrue();
    }

    @Test
    void aRunTellsWhatTheProgramWroteAndHowItEnded() {
        CodeRun run = confined()
                .run(new Program(
                        Language.PYTHON,
                        "import sys\nprint('out é')\nprint('err', file=sys.stderr)\nsys.exit(7)\n",
                        ""));

        assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(run.exitCode()).hasValue(7);
        assertThat(run.stdout()).isEqualTo("out é\n");
        assertThat(run.stderr()).startsWith("err\n").contains("SystemExit: 7");
        assertThat(run.wallSeconds()).isBetween(0.0, 10.0);
        assertThat(run.cpuSeconds().orElseThrow()).isBetween(0.0, 10.0);
    }

    @Test
    void sourceAndTestsMayBeLargerThanAPipeHolds() {
        String comment = "# " + "x".repeat(400_000) + "\n";

        assertThat(confined()
                        .run(new Program(Language.PYTHON, comment + "y = 2\n", comment + "assert y == 2\n"))
                        .passed())
                .isTrue();
        assertThat(confined()
                        .run(new Program(Language.PYTHON, comment + "exit(1)\n", comment))
                        .outcome())
                .isEqualTo(Outcome.FAILED);
    }

    @Test
    void aSourceBeyondItsLimitFailsWithoutBeingRun() {
        CodeRun run = confined().run(new Program(Language.PYTHON, "#".repeat(1 << 21), ""));

        assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(run.reason()).contains("2097152 bytes");
    }

    @Test
    void setsAreInTheSameOrderInEveryRun() {
        Program program = new Program(Language.PYTHON, "print({'a', 'b', 'c', 'd', 'e', 'f'})\n");

        assertThat(confined().run(program).stdout())
                .isEqualTo(confined().run(program).stdout());
    }

    @Test
    void severalRunsAtOnceKeepToTheirPrograms() {
        List<Program> programs = IntStream.range(0, 40)
                .mapToObj(i -> new Program(
                        Language.PYTHON, "print(" + i + ")\nopen('own', 'x')\n", "assert " + i + " % 3 != 0\n"))
                .toList();

        List<CodeRun> runs = confined().runAll(programs, 4);

        for (int i = 0; i < runs.size(); i++) {
            assertThat(runs.get(i).stdout()).isEqualTo(i + "\n");
            assertThat(runs.get(i).passed()).isEqualTo(i % 3 != 0);
        }
    }

    @Test
    void anInterruptEndsTheProgram() throws InterruptedException {
        Sandbox sandbox = confined();
        List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
        Thread thread = new Thread(() -> {
            try {
                sandbox.run(new Program(Language.PYTHON, "import time\ntime.sleep(9)\n"));
            } catch (SandboxException e) {
                thrown.add(e);
            }
        });
        thread.start();
        thread.interrupt();
        thread.join();

        assertThat(thrown).singleElement().satisfies(e -> assertThat(e).hasMessageContaining("Interrupted"));
        assertThat(ProcessHandle.current().descendants()).isEmpty();
    }

    @Test
    void aHarnessThatDiesTakesItsProgramsWithIt() throws Exception {
        assumeConfined();
        SandboxLimits limits = SandboxLimits.defaults();
        LanguageRuntime runtime = LanguageRuntime.of(Language.PYTHON).orElseThrow();
        for (Confinement means : Confinements.ofThisMachine()) {
            Process process = new ProcessBuilder(means.command(runtime, limits)).start();
            Program program = new Program(Language.PYTHON, "import time\nprint('up', flush=True)\ntime.sleep(9)\n");
            Report.ask(process.getOutputStream(), runtime.launcher(), program, limits);

            assertThat(process.getInputStream().readNBytes(6)).as(means.name()).isEqualTo("READY\n".getBytes(US_ASCII));
            // What the kernel does to the pipe of a process that has ended.
            process.getOutputStream().close();

            assertThat(process.waitFor(5, TimeUnit.SECONDS)).as(means.name()).isTrue();
            assertThat(process.getInputStream().readAllBytes()).as(means.name()).isEmpty();
        }
    }

    @Test
    void aProgramMayBeTheOnlyProcess() {
        assumeConfined();
        SandboxLimits one = new SandboxLimits(
                Duration.ofSeconds(5), Duration.ofSeconds(5), 64L << 20, 4096, 65536, 16, 1, 1024, 1024);
        Sandbox sandbox = Sandbox.open(one, Language.PYTHON);

        assertThat(sandbox.run(new Program(Language.PYTHON, "x = sum(range(10))\n", "assert x == 45\n"))
                        .passed())
                .isTrue();
        assertThat(sandbox.run(new Program(Language.PYTHON, "import os\nos.fork()\n"))
                        .outcome())
                .isEqualTo(Outcome.FAILED);
    }

    @Test
    void limitsThatMakeNoSenseAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SandboxLimits.defaults().withTime(Duration.ZERO))
                .withMessageContaining("Wall time");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SandboxLimits.defaults().withMemoryBytes(1))
                .withMessageContaining("Memory");
    }

    private static Sandbox confined() {
        assumeConfined();
        return Sandbox.open(SandboxLimits.defaults(), Language.PYTHON);
    }

    private static void assumeConfined() {
        try {
            Sandbox.open(SandboxLimits.defaults(), Language.PYTHON);
        } catch (SandboxUnavailableException e) {
            Assumptions.abort("Not tested here: " + e.getMessage());
        }
    }

    private static Confinement bubblewrap() {
        assumeConfined();
        Stream<Confinement> means = Confinements.ofThisMachine().stream();
        Confinement bubblewrap = means.filter(Bubblewrap.class::isInstance)
                .findFirst()
                .orElseGet(() -> Assumptions.abort("Not tested here: bubblewrap is not installed"));
        try {
            Sandbox.open(SandboxLimits.defaults(), Language.PYTHON, List.of(bubblewrap));
        } catch (SandboxUnavailableException e) {
            Assumptions.abort("Not tested here: " + e.getMessage());
        }
        return bubblewrap;
    }

    /** Runs programs as they are, which the harness must never accept. */
    private static final class Unconfined implements Confinement {
        @Override
        public String name() {
            return "unconfined";
        }

        @Override
        public List<String> command(LanguageRuntime runtime, SandboxLimits limits) {
            return runtime.command();
        }
    }

    /** A confinement whose command has some of its words replaced. */
    private record Changed(Confinement confinement, Map<String, String> replacements) implements Confinement {
        @Override
        public String name() {
            return "changed";
        }

        @Override
        public List<String> command(LanguageRuntime runtime, SandboxLimits limits) {
            List<String> words = confinement.command(runtime, limits);
            String head = String.join("\n", words.subList(0, words.indexOf("--")));
            for (Map.Entry<String, String> change : new TreeMap<>(replacements).entrySet()) {
                String changed = head.replace(
                        change.getKey().replace(' ', '\n'), change.getValue().replace(' ', '\n'));
                assertThat(changed).isNotEqualTo(head);
                head = changed;
            }
            List<String> command = new ArrayList<>(
                    Stream.of(head.split("\n")).filter(word -> !word.isEmpty()).toList());
            command.addAll(words.subList(words.indexOf("--"), words.size()));
            return command;
        }
    }
}
