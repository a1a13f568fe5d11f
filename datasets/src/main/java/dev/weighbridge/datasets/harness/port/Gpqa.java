package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.template.PythonText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * GPQA: the choices of a row in an order that is drawn. Python draws from its one shared generator, which lm-eval seeds with 0
 * before it reads tasks, and keeps the rows that it made; the order here is that of a GPQA task that is the first to draw.
 */
final class Gpqa implements PortedModule {
    private static final int SEED = 0;

    @Override
    public String id() {
        return "gpqa";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of(
                "7c755f2c3f8f4ac20de96fb68941c43424d2ded0552d5ab81e672e15c410655c",
                "gpqa/zeroshot/utils.py",
                "b603828710f1fb3e1b8fe42726b188544ef8dbd12d25f4ca676e42ca4d1a251b",
                "gpqa/cot_n_shot/utils.py, gpqa/cot_zeroshot/utils.py, gpqa/generative/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of("process_docs", shuffled(false));
    }

    private static PortedFunction.Rows shuffled(boolean withoutBrackets) {
        return () -> {
            PythonRandom random = new PythonRandom(SEED);
            return row -> Optional.of(shuffled(row, random, withoutBrackets));
        };
    }

    private static Map<String, @Nullable Object> shuffled(
            Map<String, @Nullable Object> row, PythonRandom random, boolean withoutBrackets) {
        List<String> choices = new ArrayList<>();
        for (String column :
                List.of("Incorrect Answer 1", "Incorrect Answer 2", "Incorrect Answer 3", "Correct Answer")) {
            choices.add(plain(row.get(column) == null ? null : Cells.text(row, column), withoutBrackets));
        }
        String right = choices.get(choices.size() - 1);
        random.shuffle(choices);
        Map<String, @Nullable Object> made = new LinkedHashMap<>(row);
        for (int i = 0; i < choices.size(); i++) {
            made.put("choice" + (i + 1), choices.get(i));
        }
        made.put("choices", Collections.unmodifiableList(choices));
        made.put("answer", "(" + (char) ('A' + choices.indexOf(right)) + ")");
        return made;
    }

    private static String plain(@Nullable String text, boolean withoutBrackets) {
        if (text == null) {
            return " ";
        }
        String sentences = PythonText.strip(text).replace(" [title]", ". ");
        return (withoutBrackets ? Brackets.removed(sentences) : sentences).replace("  ", " ");
    }

    /** The same as the Open LLM Leaderboard asks it, with nothing in brackets. */
    static final class Leaderboard implements PortedModule {
        @Override
        public String id() {
            return "gpqa-leaderboard";
        }

        @Override
        public Map<String, String> texts() {
            return Map.of(
                    "21901ae19d06c75c1490026f98be390e8b522b1d0d7cdce4f77740b344072883", "leaderboard/gpqa/utils.py");
        }

        @Override
        public Map<String, PortedFunction> functions() {
            return Map.of("process_docs", shuffled(true));
        }
    }

    /** The one that shuffles anew each time it is called. */
    static final class ShuffledAnew implements PortedModule {
        @Override
        public String id() {
            return "gpqa-n-shot";
        }

        @Override
        public Map<String, String> texts() {
            return Map.of("8c70526cdc0f32811cd4cd35db6983561583980b4b7552c3484dc6846b41e241", "gpqa/n_shot/utils.py");
        }

        @Override
        public Map<String, PortedFunction> functions() {
            return Map.of(
                    "process_docs",
                    new PortedFunction.Refused(
                            "cannot be done again: lm-eval 0.4.13 calls it several times and it shuffles"
                                    + " each time anew, so that answers are judged by another order than was asked. Take"
                                    + " gpqa/zeroshot or gpqa/generative."));
        }
    }
}
