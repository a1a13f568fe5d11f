package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** MBPP: a program for each task in words, run with the row's assertions; three tasks of the data set are solved before each. */
final class Mbpp implements PortedModule {
    private static final String SPLIT = "prompt";

    /** SHA-256 of text, code and assertions of the solved tasks, numbers 2, 3 and 4 of the data set. */
    private static final List<String> SOLVED = List.of(
            "5eccaacc1305299158e4e4840a3d192a45a57fa3c0e5047d30688678b0e8f372",
            "6a3ab037a4f96469f1a9db01541c9777356e040f3ec201dfb61840b8404e0640",
            "ddbe07f5adf6c089e2a7af82fdc9da4b183cb37a57d9871eb39f0ee7d4f30799");

    @Override
    public String id() {
        return "mbpp";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of("eecfcc264a63801d4ac478fac80b0f18c3faf16a107baf641a4fd498e81de7df", "mbpp/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "list_fewshot_samples",
                (PortedFunction.Samples) Mbpp::solved,
                "build_predictions",
                (PortedFunction.Filters) options -> List.of(TaskSet.Rule.of("code-block")),
                "pass_at_1",
                (PortedFunction.Metric) options -> new TaskSet.Rule(
                        "python-program", Map.of("k", 1, "seconds", HumanEval.SECONDS, "name", "pass_at_1")));
    }

    private static List<Map<String, @Nullable Object>> solved(
            Function<String, List<Map<String, @Nullable Object>>> split) {
        List<Map<String, @Nullable Object>> rows = split.apply(SPLIT);
        List<Map<String, @Nullable Object>> solved = new ArrayList<>();
        for (String hash : SOLVED) {
            Map<String, @Nullable Object> found = rows.stream()
                    .filter(row -> hash(row).filter(hash::equals).isPresent())
                    .findFirst()
                    .orElseThrow(() -> new DataException("split '" + SPLIT + "' has not the tasks 2, 3 and 4 of MBPP as"
                            + " they were published, which are solved before each question. Give the rows of"
                            + " google-research-datasets/mbpp, all its splits in a folder, or --few-shot 0."));
            Map<String, @Nullable Object> marked = new LinkedHashMap<>(found);
            marked.put("is_fewshot", true);
            solved.add(marked);
        }
        return solved;
    }

    private static Optional<String> hash(Map<String, @Nullable Object> row) {
        if (!(row.get("text") instanceof String) || !(row.get("code") instanceof String)) {
            return Optional.empty();
        }
        String all = Cells.text(row, "text") + "\n" + Cells.text(row, "code") + "\n"
                + String.join("\n", Cells.texts(row, "test_list"));
        return Optional.of(TaskSets.sha256(all.getBytes(StandardCharsets.UTF_8)));
    }
}
