package dev.weighbridge.core.judging;

import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.OpinionFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Figures of kept judgements, with their 95 % intervals over the sources of the samples. Needs no engine. */
public final class JudgeFigures {
    private JudgeFigures() {}

    /**
     * The figures of all judges of a task.
     *
     * @param baseline whose grades those of the others are held against
     * @param labels of people, or {@code null}
     */
    public static JudgedTask of(OpinionFiles files, String task, String baseline, @Nullable HumanLabels labels) {
        Map<Judge, Map<String, JudgedSamples>> byJudge = new LinkedHashMap<>();
        files.forEachJudgement(
                task,
                row -> byJudge.computeIfAbsent(row.judge(), judge -> new LinkedHashMap<>())
                        .computeIfAbsent(
                                row.about().variant() + "\n" + row.about().baseline(),
                                variant -> new JudgedSamples(row.about()))
                        .add(row));
        PairFigures pairs = new PairFigures(labels);
        List<JudgedTask.ByJudge> judges = new ArrayList<>();
        byJudge.forEach((judge, variants) -> judges.add(new JudgedTask.ByJudge(
                judge,
                judge.kind() == Judge.Kind.PAIRS
                        ? variants.values().stream().map(pairs::of).toList()
                        : GradeFigures.of(List.copyOf(variants.values()), baseline))));
        return new JudgedTask(JudgedTask.SCHEMA_VERSION, task, judges, labels == null ? null : labels.source());
    }
}
