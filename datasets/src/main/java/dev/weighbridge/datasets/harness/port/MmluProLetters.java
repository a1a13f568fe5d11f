package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.DataException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** MMLU-Pro as the Open LLM Leaderboard asks it: the likeliest letter. */
final class MmluProLetters implements PortedModule {
    private static final int LETTERS = 26;

    @Override
    public String id() {
        return "mmlu-pro-leaderboard";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of(
                "49a014c4dc39902071760182858e6b4d42aaaa917a440e71a165bdff75085487", "leaderboard/mmlu_pro/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "doc_to_text", (PortedFunction.Value) MmluProLetters::question,
                "doc_to_choice", (PortedFunction.Value) row -> letters(options(row)));
    }

    private static Object question(Map<String, @Nullable Object> row) {
        StringBuilder out = new StringBuilder(Cells.text(row, "question")).append('\n');
        List<String> options = options(row);
        List<String> letters = letters(options);
        for (int i = 0; i < options.size(); i++) {
            out.append(letters.get(i)).append(". ").append(options.get(i)).append('\n');
        }
        return out.append("Answer:").toString();
    }

    private static List<String> letters(List<String> options) {
        return IntStream.range(0, options.size())
                .mapToObj(i -> String.valueOf((char) ('A' + i)))
                .toList();
    }

    private static List<String> options(Map<String, @Nullable Object> row) {
        List<String> options = Cells.texts(row, "options");
        if (options.size() > LETTERS) {
            throw new DataException("has " + options.size() + " options, for which there are " + LETTERS + " letters");
        }
        return options;
    }
}
