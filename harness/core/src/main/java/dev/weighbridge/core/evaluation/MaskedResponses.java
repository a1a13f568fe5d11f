package dev.weighbridge.core.evaluation;

import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.gateway.guard.PiiMasking;
import dev.weighbridge.results.ResponseRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Masks personal and secret data in what is stored: prompts, rows, right answers and replies. Answers are judged as they are stored, so
 * that two that differ in such data alone count as the same.
 */
public final class MaskedResponses {
    private static final int DEEPEST = 100;

    private MaskedResponses() {}

    /** Whoever asks, with what comes back masked before it is kept. */
    public static SampleAsker of(SampleAsker asker) {
        return new SampleAsker() {
            @Override
            public EngineInfo info() {
                return asker.info();
            }

            @Override
            public Optional<String> problem(TaskSet task) {
                return asker.problem(task);
            }

            @Override
            public void ask(TaskEvaluation evaluation, TaskEvaluation.Answered answered, Consumer<ResponseRecord> keep)
                    throws InterruptedException {
                asker.ask(evaluation, answered, response -> keep.accept(masked(response)));
            }

            @Override
            public Map<String, String> facts() {
                return asker.facts();
            }
        };
    }

    static ResponseRecord masked(ResponseRecord response) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        response.row().forEach((column, value) -> row.put(column, masked(value, 0)));
        ResponseRecord.Cloze cloze = response.cloze();
        return new ResponseRecord(
                response.docId(),
                response.id(),
                masked(response.prompt()),
                masked(response.targets()),
                masked(response.choices()),
                response.cluster(),
                row,
                response.docHash(),
                response.replies().stream()
                        .map(reply -> reply.withText(masked(reply.text())))
                        .toList(),
                response.failure(),
                cloze == null ? null : new ResponseRecord.Cloze(masked(cloze.prompts()), masked(cloze.ending())));
    }

    /** A text with kinds of data in the place of the data. */
    public static String masked(String text) {
        return PiiMasking.mask(text, PiiMasking.ALL);
    }

    private static List<String> masked(List<String> texts) {
        return texts.stream().map(MaskedResponses::masked).toList();
    }

    private static @Nullable Object masked(@Nullable Object value, int depth) {
        if (depth > DEEPEST) {
            return null;
        }
        if (value instanceof String text) {
            return masked(text);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> masked = new ArrayList<>();
            list.forEach(element -> masked.add(masked(element, depth + 1)));
            return masked;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> masked = new LinkedHashMap<>();
            map.forEach((key, element) -> masked.put(key, masked(element, depth + 1)));
            return masked;
        }
        return value;
    }
}
