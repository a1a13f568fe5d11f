package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.sandbox.CodeTask;
import java.util.List;

/** Whether the program that the answer is passes the assertions of its row, as in MBPP. */
public final class PythonAssertionsKind implements ScorerKind {
    @Override
    public String id() {
        return "python-assertions";
    }

    @Override
    public String description() {
        return "pass@k of the answer, a program, by the assertions of column test_list, in a sandbox (MBPP); options k, seconds";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        return PythonScorer.open(
                options, (question, answer) -> CodeTask.mbpp(fenced(answer), setup(question), assertions(question)));
    }

    /** What stands in the first fenced block of an answer, else the answer itself. */
    private static String fenced(String answer) {
        int fence = answer.indexOf("```");
        int start = fence < 0 ? -1 : answer.indexOf('\n', fence);
        int end = start < 0 ? -1 : answer.indexOf("```", start);
        return start < 0 ? answer : answer.substring(start + 1, end < 0 ? answer.length() : end);
    }

    private static List<String> setup(Question question) {
        return question.row().get("test_setup_code") instanceof String code ? List.of(code) : List.of();
    }

    private static List<String> assertions(Question question) {
        if (!(question.row().get("test_list") instanceof List<?> tests)) {
            throw new ScoringException("the row has no list of assertions in column 'test_list'. It has "
                    + question.row().keySet() + ".");
        }
        return tests.stream().map(String::valueOf).toList();
    }
}
