package dev.weighbridge.datasets.harness;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.PromptParts;
import dev.weighbridge.datasets.Prompting;
import dev.weighbridge.datasets.TaskSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a sample of a row: what is asked, and what is right. */
final class HarnessSamples {
    private final HarnessConfig config;
    private final RowValues values;
    private final PromptAssembly assembly;
    private final boolean blanks;
    private final boolean several;
    private final Prompting prompting;

    /**
     * Samples of one task.
     *
     * @param blanks whether the choices stand in the prompt, which the first row tells
     * @param several whether a row has several right answers, which the first row tells
     * @param prompting how prompts are put before a model
     */
    HarnessSamples(
            HarnessConfig config,
            RowValues values,
            PromptAssembly assembly,
            boolean blanks,
            boolean several,
            Prompting prompting) {
        this.config = config;
        this.values = values;
        this.assembly = assembly;
        this.blanks = blanks;
        this.several = several;
        this.prompting = prompting;
    }

    /**
     * The sample of a row.
     *
     * @param shots solved questions before it
     * @throws DataException when its answer is none of its choices, or a text is missing
     */
    TaskSet.Sample sample(String id, Map<String, @Nullable Object> row, List<Map<String, @Nullable Object>> shots) {
        HarnessConfig.Question question = config.question();
        boolean rolling = config.output() == TaskSet.Output.ROLLING;
        List<PromptParts> parts = rolling ? List.of() : assembly.prompts(row, shots);
        List<String> prompts = rolling ? List.of("") : prompting.shown(parts);
        Object target = values.target(question.target(), row);
        List<String> choices = question.choices() == null ? List.of() : values.choices(question.choices(), row);
        boolean chosen = config.output() == TaskSet.Output.MULTIPLE_CHOICE;
        if (chosen && choices.isEmpty()) {
            throw new DataException("has no choices, which output_type multiple_choice needs");
        }
        List<String> targets =
                chosen ? gold(blanks ? values.text(question.text(), row) : target, choices) : texts(target, choices);
        Optional<TaskSet.Cloze> cloze = blanks && chosen
                ? Optional.of(new TaskSet.Cloze(prompts, RowValues.written(target)))
                : Optional.empty();
        return new TaskSet.Sample(
                id, prompts.get(0), targets, chosen ? choices : List.of(), id, "", row, cloze, prompting.chats(parts));
    }

    private static List<String> gold(@Nullable Object gold, List<String> choices) {
        List<String> right = new ArrayList<>();
        for (Object one : gold instanceof List<?> list ? list : singleton(gold)) {
            if (one instanceof String text && choices.contains(text)) {
                right.add(text);
            } else if (one instanceof Number number && number.intValue() >= 0 && number.intValue() < choices.size()) {
                right.add(choices.get(number.intValue()));
            } else {
                throw new DataException("names " + one + " as its answer, which is neither one of its choices "
                        + choices + " nor the number of one, from 0");
            }
        }
        return right;
    }

    private List<String> texts(@Nullable Object target, List<String> choices) {
        if (!choices.isEmpty()) {
            if (!(target instanceof Long index) || index < 0 || index >= choices.size()) {
                throw new DataException(
                        "names choice " + target + " as its answer; there are 0 to " + (choices.size() - 1));
            }
            return List.of(choices.get(index.intValue()));
        }
        if (several && target instanceof List<?> list) {
            return list.stream().map(RowValues::written).toList();
        }
        return target == null ? List.of() : List.of(RowValues.written(target));
    }

    private static List<?> singleton(@Nullable Object value) {
        List<@Nullable Object> list = new ArrayList<>();
        list.add(value);
        return list;
    }
}
