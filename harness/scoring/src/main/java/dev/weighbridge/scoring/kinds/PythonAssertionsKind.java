package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
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
        return PythonScorer.open(options, new PythonScorer.Assembly() {
            @Override
            public String program(Question question, String answer) {
                return fenced(answer);
            }

            @Override
            public String tests(Question question) {
                return assertions(question);
            }
        });
    }

    /** What stands in the first fenced block of an answer, else the answer itself. */
    private static String fenced(String answer) {
        int fence = answer.indexOf("```");
        int start = fence < 0 ? -1 : answer.indexOf('\n', fence);
        int end = start < 0 ? -1 : answer.indexOf("```", start);
        return start < 0 ? answer : answer.substring(start + 1, end < 0 ? answer.length() : end);
    }

    private static String assertions(Question question) {
        if (!(question.row().get("test_list") instanceof List<?> tests)) {
            throw new ScoringException("the row has no list of assertions in column 'test_list'. It has "
                    + question.row().keySet() + ".");
        }
        StringBuilder source = new StringBuilder();
        Object setup = question.row().get("test_setup_code");
        source.append(setup == null ? "" : setup).append('\n');
        tests.forEach(test -> source.append(test).append('\n'));
        return source.toString();
    }
}
