package dev.weighbridge.datasets.definition;

import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.PromptParts;
import dev.weighbridge.datasets.PromptParts.Part;
import dev.weighbridge.datasets.Prompting;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.template.Template;
import dev.weighbridge.datasets.template.TemplateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes samples of rows, and solved questions of the rows that stand before them. */
final class SampleMaker {
    private final TaskDefinition definition;
    private final Prompting prompting;

    SampleMaker(TaskDefinition definition, Prompting prompting) {
        this.definition = definition;
        this.prompting = prompting;
    }

    /**
     * A question with its answers, without what stands before it.
     *
     * @param prompt question
     * @param targets right answers
     * @param choices to choose from
     */
    record Question(String prompt, List<String> targets, List<String> choices) {}

    /**
     * The question that a row asks.
     *
     * @throws DataException when the row has not what the templates need, or its answer is none of its choices
     */
    Question question(Map<String, @Nullable Object> row) {
        try {
            List<String> choices = new ArrayList<>();
            definition.choices().ifPresent(templates -> templates.forEach(template -> add(choices, template, row)));
            if (definition.choices().isPresent() && choices.size() < 2) {
                throw new DataException("has " + choices.size() + " choices; at least 2 are needed");
            }
            List<String> targets = new ArrayList<>();
            for (Template template : definition.targets()) {
                add(targets, template, row);
            }
            if (!choices.isEmpty()) {
                targets.replaceAll(target -> chosen(target, choices));
            }
            return new Question(definition.prompt().render(row), targets, choices);
        } catch (TemplateException e) {
            throw new DataException(String.valueOf(e.getMessage()), e);
        }
    }

    /** A place alone may give a list: each element counts. */
    private static void add(List<String> texts, Template template, Map<String, @Nullable Object> row) {
        Object value = template.value(row);
        if (value instanceof List<?> list) {
            list.forEach(element -> texts.add(text(element)));
        } else {
            texts.add(text(value));
        }
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            throw new DataException("has no value where a text is needed");
        }
        return Template.parse("{{ value }}").render(Map.of("value", value));
    }

    /** A right answer that is no choice itself must be the number of one, from 0. */
    private static String chosen(String target, List<String> choices) {
        if (choices.contains(target)) {
            return target;
        }
        if (!target.matches("\\d{1,6}")) {
            throw new DataException("names '" + target + "' as its answer, which is none of its choices " + choices);
        }
        int index = Integer.parseInt(target);
        if (index >= choices.size()) {
            throw new DataException("names choice " + index + " as its answer; there are 0 to " + (choices.size() - 1));
        }
        return choices.get(index);
    }

    /**
     * A solved question, as it stands before another.
     *
     * @param after what follows it
     */
    List<Part> solved(Question question, String after) {
        if (question.targets().isEmpty()) {
            throw new DataException("a solved question needs a target, and the task has none");
        }
        return List.of(
                new Part(
                        ChatMessage.USER, question.prompt(), definition.asking().delimiter()),
                new Part(ChatMessage.ASSISTANT, question.targets().get(0), after));
    }

    /**
     * The sample of a row.
     *
     * @param number of the row, from 1
     * @param before solved questions
     */
    TaskSet.Sample sample(int number, Map<String, @Nullable Object> row, List<Part> before) {
        Question question = question(row);
        try {
            String id =
                    definition.sample().map(template -> template.render(row)).orElse(definition.id() + "-" + number);
            String cluster =
                    definition.cluster().map(template -> template.render(row)).orElse(id);
            String stratum =
                    definition.stratum().map(template -> template.render(row)).orElse("");
            List<PromptParts> parts = List.of(parts(question.prompt(), before));
            return new TaskSet.Sample(
                    id,
                    prompting.shown(parts).get(0),
                    question.targets(),
                    question.choices(),
                    cluster,
                    stratum,
                    row,
                    Optional.empty(),
                    prompting.chats(parts));
        } catch (TemplateException e) {
            throw new DataException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Instruction and description, solved questions, question. */
    private PromptParts parts(String question, List<Part> before) {
        List<Part> parts = new ArrayList<>();
        String instruction = prompting.system().isEmpty() ? "" : prompting.system() + "\n\n";
        String system = instruction + definition.description();
        if (!system.isEmpty()) {
            parts.add(new Part(ChatMessage.SYSTEM, prompting.chat() ? system.strip() : system, ""));
        }
        parts.addAll(before);
        parts.add(new Part(ChatMessage.USER, question, ""));
        return new PromptParts(parts);
    }
}
