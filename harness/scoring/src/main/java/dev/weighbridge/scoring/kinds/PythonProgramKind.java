package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.sandbox.Language;
import dev.weighbridge.scoring.sandbox.Program;

/** Whether the program that an answer is runs to its end with its target, the tests, after it, as lm-evaluation-harness asks code. */
public final class PythonProgramKind implements ScorerKind {
    @Override
    public String id() {
        return "python-program";
    }

    @Override
    public String description() {
        return "pass@k of the answer, a program, with the target, its tests, after it, in a sandbox (tasks of lm-evaluation-harness); options k, seconds, name of the score for one k";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        return PythonScorer.open(options, (question, answer) -> {
            question.requireTarget();
            return new Program(Language.PYTHON, answer, question.targets().get(0));
        });
    }
}
