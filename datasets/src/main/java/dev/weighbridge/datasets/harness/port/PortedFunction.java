package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a Python function of a task file does, by the place where the file names it. */
public sealed interface PortedFunction {
    /** Makes other rows of a split's, as {@code process_docs} does. */
    non-sealed interface Rows extends PortedFunction {
        /** Begins with the first row of a split; every split is gone through from the same state. */
        RowMaker begin();

        @Override
        default String makes() {
            return "rows (process_docs)";
        }
    }

    /** Makes the rows of one split, one after the other. */
    @FunctionalInterface
    interface RowMaker {
        /**
         * The row that is made of another, or nothing where it is left out.
         *
         * @throws DataException when it has not what is needed
         */
        Optional<Map<String, @Nullable Object>> row(Map<String, @Nullable Object> row);
    }

    /** Makes a value of a row, as {@code doc_to_text}, {@code doc_to_target} and {@code doc_to_choice} do. */
    @FunctionalInterface
    non-sealed interface Value extends PortedFunction {
        /**
         * A text, a whole number as {@link Long}, or a list.
         *
         * @throws DataException when the row has not what is needed
         */
        Object of(Map<String, @Nullable Object> row);

        @Override
        default String makes() {
            return "a value of a row (doc_to_text, doc_to_target, doc_to_choice)";
        }
    }

    /** Makes rows of a data set's own that are solved before each question, as {@code samples} of {@code fewshot_config} does. */
    @FunctionalInterface
    non-sealed interface Samples extends PortedFunction {
        /**
         * The rows.
         *
         * @param split gives the rows of a split of the task's data set
         * @throws DataException when they are not in it
         */
        List<Map<String, @Nullable Object>> from(Function<String, List<Map<String, @Nullable Object>>> split);

        @Override
        default String makes() {
            return "solved questions (samples)";
        }
    }

    /** Reads rows that are solved before each question from the Python file, where they stand as a literal; nothing of it is run. */
    @FunctionalInterface
    non-sealed interface Listed extends PortedFunction {
        /**
         * The rows.
         *
         * @param module text of the Python file
         * @throws DataException when they do not stand in it
         */
        List<Map<String, @Nullable Object>> in(String module);

        @Override
        default String makes() {
            return "solved questions that stand in its file (samples)";
        }
    }

    /**
     * A task that is a Python class, as {@code class} names it.
     *
     * @param fields of a task file that asks the same
     * @param results judges its answers
     */
    record TaskClass(Map<String, @Nullable Object> fields, Results results) implements PortedFunction {
        public TaskClass {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }

        @Override
        public String makes() {
            return "a task (class)";
        }
    }

    /**
     * Judges answers, as {@code process_results} does.
     *
     * @param scorers by whose rules it judges
     * @param metrics names of the scores
     */
    record Results(List<TaskSet.Rule> scorers, List<String> metrics) implements PortedFunction {
        public Results {
            scorers = List.copyOf(scorers);
            metrics = List.copyOf(metrics);
        }

        @Override
        public String makes() {
            return "scores (process_results)";
        }
    }

    /** Judges answers as a {@code metric} does. */
    @FunctionalInterface
    non-sealed interface Metric extends PortedFunction {
        /**
         * The scorer.
         *
         * @param options that the task file gives the metric
         */
        TaskSet.Rule scorer(Map<String, @Nullable Object> options);

        @Override
        default String makes() {
            return "a score (metric)";
        }
    }

    /** Changes answers before they are judged, as a filter does, by its class or as {@code filter_fn}. */
    @FunctionalInterface
    non-sealed interface Filters extends PortedFunction {
        /**
         * The filters, one after the other.
         *
         * @param options that the task file gives the filter
         */
        List<TaskSet.Rule> filters(Map<String, @Nullable Object> options);

        @Override
        default String makes() {
            return "answers (filter)";
        }
    }

    /** Makes the figure of a score that the ported {@code process_results} of the same module gives; the scorer itself does. */
    record Aggregation() implements PortedFunction {
        @Override
        public String makes() {
            return "the figure of a score (aggregation)";
        }
    }

    /**
     * Cannot be done again.
     *
     * @param reason in words
     */
    record Refused(String reason) implements PortedFunction {
        @Override
        public String makes() {
            return "nothing: " + reason;
        }
    }

    /** What it makes and where it is named, for messages and lists. */
    String makes();
}
