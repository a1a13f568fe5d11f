package dev.weighbridge.scoring.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SandboxTest {

    @Test
    void aProgramWhoseTestsHoldPasses() {
        for (Confinement confinement : Confinements.ofThisMachine()) {
            Sandbox sandbox = Sandbox.open(SandboxLimits.defaults(), Language.PYTHON, java.util.List.of(confinement));
            CodeRun run =
                    sandbox.run(new Program(Language.PYTHON, "def f(x):\n    return x + 1\n", "assert f(1) == 2"));
            assertThat(run.outcome()).as(run.toString()).isEqualTo(Outcome.PASSED);
        }
    }
}
