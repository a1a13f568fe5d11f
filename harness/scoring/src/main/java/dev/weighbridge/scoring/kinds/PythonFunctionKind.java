package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.sandbox.CodeTask;

/** Whether a function that the answer completes passes the tests of its row, as in HumanEval. */
public final class PythonFunctionKind implements ScorerKind {
    @Override
    public String id() {
        return "python-function";
    }

    @Override
    public String description() {
        return "pass@k of the function that prompt and answer make, by column test and its function check, called on column entry_point, in a sandbox (HumanEval); options k, seconds";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        return PythonScorer.open(
                options,
                (question, answer) -> CodeTask.humanEval(
                        question.prompt(), answer, question.text("test"), question.text("entry_point")));
    }
}
