package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.BoundedText;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the answer has a form. */
public final class RegexKind implements ScorerKind {
    @Override
    public String id() {
        return "regex";
    }

    @Override
    public String description() {
        return "1 when the regular expression of option pattern is found in the answer; option whole: true asks it of the whole answer";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        String pattern = options.text("pattern", "");
        if (pattern.isEmpty()) {
            throw new ScoringException("scorer regex needs option 'pattern', a regular expression");
        }
        Pattern compiled = Expressions.compiled(List.of(pattern), "pattern").get(0);
        boolean whole = options.flag("whole", false);
        return new WrittenScorer(List.of(Score.share("match")), (question, answer) -> {
            Matcher matcher = compiled.matcher(new BoundedText(answer));
            return List.of(Aggregation.one((whole ? matcher.matches() : matcher.find()) ? 1 : 0));
        });
    }
}
