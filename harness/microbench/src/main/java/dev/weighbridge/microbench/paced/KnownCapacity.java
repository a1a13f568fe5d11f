package dev.weighbridge.microbench.paced;

import dev.weighbridge.analysis.capacity.CapacityEstimate;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The capacity of one paced engine beside what a study found.
 *
 * @param known requests a second
 * @param found with its interval, or {@code null} when none was found
 * @param loadTrials that were spent on it, every attempt and the closed loop before the search counted
 */
public record KnownCapacity(double known, @Nullable Measurement found, long loadTrials) {
    private static final double MOST_DIFFERENCE = 0.05;
    private static final int MOST_LOAD_TRIALS = 10;

    /**
     * Prints what the studies found, and ends with 1 when one found another capacity or needed too many trials.
     *
     * @param arguments run directories of studies of one paced engine each
     */
    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            System.err.println("usage: KnownCapacity RUN_DIR..., got no arguments");
            System.exit(2);
        }
        List<KnownCapacity> all = new ArrayList<>();
        for (String argument : arguments) {
            RunDirectory run = RunDirectory.open(Path.of(argument));
            all.add(of(run.trials(), run.manifest().objectives().goodputShare()));
        }
        System.out.print(table(all));
        System.exit(all.stream().allMatch(KnownCapacity::right) ? 0 : 1);
    }

    /**
     * Reads the trials of a study.
     *
     * @param share of requests that must be good
     * @throws IllegalArgumentException when no trial is one of a paced engine
     */
    static KnownCapacity of(List<Trial> trials, double share) {
        double known = trials.stream()
                .filter(t -> t.engine().containsKey(PacedModel.CAPACITY))
                .mapToDouble(t -> Double.parseDouble(t.engine().get(PacedModel.CAPACITY)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "none of the " + trials.size() + " trials is of the engine 'paced'"));
        long loads = trials.stream()
                .filter(t -> t.workload().kind() == Workload.Kind.SATURATION
                        || t.workload().kind() == Workload.Kind.CAPACITY)
                .count();
        return new KnownCapacity(known, CapacityEstimate.of(trials, share).rate(), loads);
    }

    /** Share by which the capacity that was found is off, or {@code null} when none was found. */
    @Nullable
    Double difference() {
        Measurement measured = found;
        return measured == null ? null : measured.value() / known - 1;
    }

    /** Whether it was found closely enough, in few enough trials. */
    boolean right() {
        Double difference = difference();
        return difference != null && Math.abs(difference) <= MOST_DIFFERENCE && loadTrials <= MOST_LOAD_TRIALS;
    }

    static String table(List<KnownCapacity> all) {
        StringBuilder text = new StringBuilder("known/s   found/s   interval/s        off       load trials\n");
        for (KnownCapacity one : all) {
            Measurement measured = one.found();
            text.append(
                    measured == null
                            ? String.format(Locale.ROOT, "%-10.0f%-38s", one.known(), "none")
                            : String.format(
                                    Locale.ROOT,
                                    "%-10.0f%-10.1f%-18s%-10s",
                                    one.known(),
                                    measured.value(),
                                    interval(measured),
                                    String.format(
                                            Locale.ROOT, "%+.1f %%", 100 * (measured.value() / one.known() - 1))));
            text.append(one.loadTrials()).append(one.right() ? "" : "   WRONG").append('\n');
        }
        return text.toString();
    }

    private static String interval(Measurement measured) {
        Double low = measured.low();
        Double high = measured.high();
        return low == null || high == null ? "" : String.format(Locale.ROOT, "%.1f to %.1f", low, high);
    }
}
