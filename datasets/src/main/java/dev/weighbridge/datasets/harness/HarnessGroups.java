package dev.weighbridge.datasets.harness;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a group's file says of the group itself (version 0.4.13, {@code lm_eval/config/group.py}). */
final class HarnessGroups {
    private static final String UNKNOWN_VERSION = "N/A";

    private HarnessGroups() {}

    /**
     * The group that fields describe.
     *
     * @throws DataException when a figure of it has no metric or is no mean
     */
    static TaskSet.Group of(String name, Map<String, @Nullable Object> fields) {
        Object alias = fields.get("group_alias");
        Object version = fields.get("metadata") instanceof Map<?, ?> metadata ? metadata.get("version") : null;
        List<TaskSet.GroupFigure> figures = new ArrayList<>();
        for (Object figure : list(fields.get("aggregate_metric_list"))) {
            if (!(figure instanceof Map<?, ?> map) || !(map.get("metric") instanceof String metric)) {
                throw new DataException("group " + name + " has a figure without a metric: " + figure);
            }
            Object aggregation = map.get("aggregation");
            if (aggregation != null && !aggregation.equals("mean")) {
                throw new DataException("group " + name + " makes a figure by " + aggregation
                        + "; only a mean can be formed. Remove it from aggregate_metric_list.");
            }
            List<String> filters =
                    list(map.get("filter_list")).stream().map(String::valueOf).toList();
            figures.add(new TaskSet.GroupFigure(metric, filters, !Boolean.FALSE.equals(map.get("weight_by_size"))));
        }
        return new TaskSet.Group(
                name,
                alias == null ? name : alias.toString(),
                version == null ? UNKNOWN_VERSION : version.toString(),
                figures);
    }

    private static List<?> list(@Nullable Object value) {
        return value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
    }
}
