package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.text.DropMatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Exact match and F1 of DROP, whose right answers are lists of spans. */
public final class DropKind implements ScorerKind {
    @Override
    public String id() {
        return "drop";
    }

    @Override
    public String description() {
        return "f1 and em of DROP: numbers as numbers, words without punctuation and articles; the right answers, each a list of spans, stand in column answers (option column)";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        String column = options.text("column", "answers");
        return new WrittenScorer(List.of(Score.share("f1"), Score.share("em")), (question, answer) -> {
            DropMatch match = DropMatch.of(answer, answers(question.row().get(column), column));
            return List.of(Aggregation.one(match.f1()), Aggregation.one(match.exact()));
        });
    }

    private static List<List<String>> answers(@Nullable Object value, String column) {
        List<List<String>> answers = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object answer : list) {
                List<String> spans = new ArrayList<>();
                for (Object span : answer instanceof List<?> several ? several : List.of(String.valueOf(answer))) {
                    spans.add(String.valueOf(span));
                }
                answers.add(spans);
            }
        }
        if (answers.isEmpty()) {
            throw new ScoringException("the row has no right answers in column '" + column + "', got: " + value);
        }
        return answers;
    }
}
