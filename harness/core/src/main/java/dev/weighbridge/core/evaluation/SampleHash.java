package dev.weighbridge.core.evaluation;

import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import java.nio.charset.StandardCharsets;

/** What tells one sample from another, and from itself after a change: the SHA-256 of all that is asked and judged. */
final class SampleHash {
    private SampleHash() {}

    static String of(TaskSet.Sample sample) {
        String target = sample.targets().size() == 1
                ? sample.targets().get(0)
                : sample.targets().toString();
        String blank = sample.cloze().map(cloze -> "\n" + cloze).orElse("");
        return of(sample.id() + "\n" + sample.prompt() + "\n" + target + "\n" + sample.choices() + blank);
    }

    static String of(String text) {
        return TaskSets.sha256(text.getBytes(StandardCharsets.UTF_8));
    }
}
