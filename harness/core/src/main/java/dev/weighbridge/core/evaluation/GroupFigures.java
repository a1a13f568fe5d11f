package dev.weighbridge.core.evaluation;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.statistics.Confidence;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.SampleRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * Figures of groups of tasks, as lm-evaluation-harness 0.4.13 forms them ({@code lm_eval/api/group.py} and {@code metrics.py}): the mean
 * of the tasks' scores, each task by its samples or each as one, with the standard error that belongs to it, pooled or of a mean
 * of independent means. The interval of a figure reaches to 1.96 standard errors. The tasks of a group's groups are its own.
 */
public final class GroupFigures {
    /** What the measurement of such a figure is called; its scope is {@code GROUP/METRIC,FILTER}. */
    public static final String NAME = Metric.GROUP_SCORE.id();

    private final Map<String, TaskSet.Group> groups = new LinkedHashMap<>();
    private final Map<String, List<Member>> members = new LinkedHashMap<>();

    /**
     * A task of a group.
     *
     * @param size samples that were judged
     * @param scores by {@code METRIC,FILTER}
     */
    private record Member(long size, Map<String, Mean> scores) {}

    /**
     * A score of a task.
     *
     * @param error standard error of it; NaN where there is none
     */
    private record Mean(double value, double error) {}

    /** Takes in a judged task with the groups that it is part of. */
    public void add(TaskSet.Rules rules, TaskTrial.Judged judged) {
        if (rules.listing().groups().isEmpty()) {
            return;
        }
        Map<String, Mean> scores = new LinkedHashMap<>();
        for (Measurement figure : judged.scores()) {
            String id = figure.scope().substring(rules.id().length() + 1);
            String key =
                    id.contains(",") ? id : id + "," + rules.pipelines().get(0).name();
            scores.put(key, new Mean(figure.value(), error(id, figure, judged.samples())));
        }
        Member member = new Member(judged.samples().size(), scores);
        for (TaskSet.Group group : rules.listing().groups()) {
            groups.putIfAbsent(group.id(), group);
            members.computeIfAbsent(group.id(), id -> new ArrayList<>()).add(member);
        }
    }

    /** The figures of all groups, in the order in which their first tasks came; none where no task has a score that is asked for. */
    public List<Measurement> measurements() {
        List<Measurement> figures = new ArrayList<>();
        groups.forEach((id, group) -> {
            List<Member> tasks = members.getOrDefault(id, List.of());
            for (TaskSet.GroupFigure figure : group.figures()) {
                for (String filter : filters(figure, tasks)) {
                    String key = figure.metric() + "," + filter;
                    List<Member> with = tasks.stream()
                            .filter(task -> task.scores().containsKey(key))
                            .toList();
                    if (!with.isEmpty()) {
                        figures.add(measurement(id, key, figure.bySize(), with));
                    }
                }
            }
        });
        return figures;
    }

    private static Iterable<String> filters(TaskSet.GroupFigure figure, List<Member> tasks) {
        if (!figure.filters().isEmpty()) {
            return figure.filters();
        }
        String prefix = figure.metric() + ",";
        TreeSet<String> found = new TreeSet<>();
        tasks.forEach(task -> task.scores().keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .forEach(key -> found.add(key.substring(prefix.length()))));
        return found;
    }

    private static Measurement measurement(String group, String key, boolean bySize, List<Member> tasks) {
        double weights = 0;
        double sum = 0;
        double squares = 0;
        double freedom = 0;
        long samples = 0;
        for (Member task : tasks) {
            Mean mean = task.scores().getOrDefault(key, new Mean(Double.NaN, Double.NaN));
            double weight = bySize ? task.size() : 1;
            weights += weight;
            sum += weight * mean.value();
            squares += mean.error() * mean.error() * (bySize ? (task.size() - 1.0) * task.size() : 1);
            freedom += task.size() - 1.0;
            samples += task.size();
        }
        double error = bySize ? Math.sqrt(squares / freedom / weights) : Math.sqrt(squares) / tasks.size();
        double value = sum / weights;
        boolean known = Double.isFinite(error);
        return new Measurement(
                NAME,
                group + "/" + key,
                "score",
                value,
                "1",
                samples,
                known ? value - Confidence.NORMAL * error : null,
                known ? value + Confidence.NORMAL * error : null,
                false);
    }

    /** Of a mean from its samples, where one that failed counts 0 if the figure counts it; else as the interval says. */
    private static double error(String id, Measurement figure, List<SampleRecord> samples) {
        List<Double> values = new ArrayList<>();
        for (SampleRecord sample : samples) {
            Object value = sample.scores().get(id);
            if (value instanceof Number number) {
                values.add(number.doubleValue());
            } else if (value != null) {
                Double low = figure.low();
                Double high = figure.high();
                return low == null || high == null ? Double.NaN : (high - low) / 2 / Confidence.NORMAL;
            } else if (figure.samples() == samples.size()) {
                values.add(0.0);
            }
        }
        double mean = mean(values, value -> value);
        double variance = mean(values, value -> (value - mean) * (value - mean)) / (values.size() - 1);
        return values.size() < 2 ? Double.NaN : Math.sqrt(variance);
    }

    private static double mean(List<Double> values, ToDoubleFunction<Double> of) {
        return values.stream().mapToDouble(of).average().orElse(Double.NaN);
    }
}
