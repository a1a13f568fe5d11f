package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.instruction.InstructionFollowing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether the answer keeps to the instructions of its row, as IFEval checks them. */
public final class InstructionsKind implements ScorerKind {
    private static final List<Score> SCORES = List.of(
            Score.share("prompt_level_strict_acc"),
            new Score("inst_level_strict_acc", Aggregation.RATIO, true, false),
            Score.share("prompt_level_loose_acc"),
            new Score("inst_level_loose_acc", Aggregation.RATIO, true, false));

    @Override
    public String id() {
        return "instructions";
    }

    @Override
    public String description() {
        return "share of prompts and of instructions (columns instruction_id_list and kwargs) that the answer keeps to, strictly and"
                + " loosely (IFEval)";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        return new WrittenScorer(SCORES, InstructionsKind::judge);
    }

    private static List<double[]> judge(Question question, String answer) {
        List<String> ids = new ArrayList<>();
        list(question, "instruction_id_list").forEach(id -> ids.add(String.valueOf(id)));
        List<Map<?, ?>> details = new ArrayList<>();
        for (Object element : list(question, "kwargs")) {
            details.add(element instanceof Map<?, ?> map ? map : Map.of());
        }
        InstructionFollowing following = InstructionFollowing.of(question.prompt(), ids, details, answer);
        return List.of(
                all(following.strict()), each(following.strict()), all(following.loose()), each(following.loose()));
    }

    private static List<?> list(Question question, String column) {
        if (question.row().get(column) instanceof List<?> list) {
            return list;
        }
        throw new ScoringException("the row has no list in column '" + column + "'. It has "
                + question.row().keySet() + ".");
    }

    private static double[] all(List<Boolean> followed) {
        return Aggregation.one(followed.stream().allMatch(Boolean::booleanValue) ? 1 : 0);
    }

    private static double[] each(List<Boolean> followed) {
        return new double[] {followed.stream().filter(Boolean::booleanValue).count(), followed.size()};
    }
}
