package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** BIG-Bench Hard: filters that find the answer in what the model wrote. */
final class BigBenchHard implements PortedModule {
    @Override
    public String id() {
        return "bbh";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of(
                "ecc017c5c3c0a03757d94072fb74feac74406b63d2f6efa6ec68f73f8db8a9fd",
                "bbh/cot_zeroshot/utils.py, bbh/zeroshot/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "MultiChoiceRegexFilter",
                (PortedFunction.Filters) options -> List.of(FilterOptions.choice(options, "input")),
                "MapRegexFilter",
                (PortedFunction.Filters) BigBenchHard::mapped,
                "WordSortFilter",
                (PortedFunction.Filters)
                        options -> List.of(new TaskSet.Rule("sort-words", Map.of("column", "input", "after", "List:"))),
                "NumberParseRegexFilter",
                new PortedFunction.Refused(
                        "is not ported: it reads English words for numbers. Take the task of bbh/fewshot"
                                + " or bbh/cot_fewshot."));
    }

    private static List<TaskSet.Rule> mapped(Map<String, @Nullable Object> options) {
        if (!(options.get("regex_pattern_to_value") instanceof Map<?, ?> words)) {
            throw new DataException("MapRegexFilter has no regex_pattern_to_value");
        }
        Map<String, Object> to = new LinkedHashMap<>();
        words.forEach((pattern, word) -> to.put(PythonPattern.toJava(String.valueOf(pattern)), String.valueOf(word)));
        Map<String, Object> own = FilterOptions.lenient(options);
        own.put("to", to);
        return List.of(new TaskSet.Rule("map-regex", own));
    }
}
