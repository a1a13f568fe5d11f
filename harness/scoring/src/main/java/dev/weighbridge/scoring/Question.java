package dev.weighbridge.scoring;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One sample as a scorer sees it.
 *
 * @param prompt as the model saw it
 * @param targets right answers, any of which will do; empty when the task has none, as with instructions
 * @param choices the answers that could be chosen, each without its delimiter; empty for written answers
 * @param row the sample's row of the data set, by column: what a scorer of its own may need, for example the tests of a program
 */
public record Question(String prompt, List<String> targets, List<String> choices, Map<String, @Nullable Object> row) {
    public Question {
        targets = List.copyOf(targets);
        choices = List.copyOf(choices);
        row = Collections.unmodifiableMap(new LinkedHashMap<>(row));
    }

    /** A question with one right answer and nothing else. */
    public static Question of(String prompt, String target) {
        return new Question(prompt, List.of(target), List.of(), Map.of());
    }

    /**
     * Positions of the right answers among the choices.
     *
     * @throws ScoringException when a right answer is none of the choices, or there is none
     */
    public List<Integer> gold() {
        List<Integer> gold = new ArrayList<>();
        for (String target : targets) {
            int position = choices.indexOf(target);
            if (position < 0) {
                throw new ScoringException("the right answer '" + target + "' is none of the choices " + choices);
            }
            gold.add(position);
        }
        if (gold.isEmpty()) {
            throw new ScoringException("the sample names no right answer among its choices " + choices);
        }
        return gold;
    }

    /**
     * To be called by scorers that can do nothing without a right answer.
     *
     * @throws ScoringException when the sample has none
     */
    public void requireTarget() {
        if (targets.isEmpty()) {
            throw new ScoringException("the sample has no target to be compared with");
        }
    }

    /**
     * Text of a column.
     *
     * @throws ScoringException when the row has no such text; it names the columns that are there
     */
    public String text(String column) {
        Object value = row.get(column);
        if (value instanceof String text) {
            return text;
        }
        throw new ScoringException("the row has no text in column '" + column + "'. It has " + row.keySet() + ".");
    }
}
