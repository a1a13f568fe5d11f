package dev.weighbridge.core.evaluation;

import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.ResponseRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a model was asked, in the shape of lm-evaluation-harness: {@code gen_args_<request>} with {@code arg_<i>}. */
final class Arguments {
    private Arguments() {}

    static Map<String, Object> of(TaskSet.Asking asking, ResponseRecord response) {
        if (asking.output() == TaskSet.Output.GENERATE) {
            Map<String, Object> settings = new LinkedHashMap<>();
            settings.put("until", asking.stop());
            settings.put("max_gen_toks", asking.maxTokens());
            settings.put("temperature", asking.temperature());
            settings.put("do_sample", asking.temperature() > 0);
            if (asking.details().topP() < 1) {
                settings.put("top_p", asking.details().topP());
            }
            if (asking.details().topK() > 0) {
                settings.put("top_k", asking.details().topK());
            }
            return Map.of("gen_args_0", Map.of("arg_0", response.prompt(), "arg_1", settings));
        }
        ResponseRecord.Cloze cloze = response.cloze();
        if (cloze != null) {
            Map<String, Object> arguments = new LinkedHashMap<>();
            for (int i = 0; i < cloze.prompts().size(); i++) {
                arguments.put(
                        "gen_args_" + i,
                        Map.of("arg_0", cloze.prompts().get(i), "arg_1", asking.delimiter() + cloze.ending()));
            }
            alone(asking, response, arguments);
            return arguments;
        }
        List<String> continuations = Likelihoods.continuations(asking, response.choices(), response.targets());
        Map<String, Object> arguments = new LinkedHashMap<>();
        for (int i = 0; i < continuations.size(); i++) {
            String continuation = continuations.get(i);
            arguments.put(
                    "gen_args_" + i,
                    asking.output() == TaskSet.Output.ROLLING
                            ? Map.of("arg_0", continuation)
                            : Map.of("arg_0", response.prompt(), "arg_1", continuation));
        }
        alone(asking, response, arguments);
        return arguments;
    }

    /** The choices with nothing before them, where they are asked as well. */
    private static void alone(TaskSet.Asking asking, ResponseRecord response, Map<String, Object> arguments) {
        if (asking.details().alone()) {
            for (String continuation : Likelihoods.continuations(asking, response.choices(), response.targets())) {
                arguments.put("gen_args_" + arguments.size(), Map.of("arg_0", "", "arg_1", continuation));
            }
        }
    }
}
