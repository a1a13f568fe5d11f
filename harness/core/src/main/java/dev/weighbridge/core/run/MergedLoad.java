package dev.weighbridge.core.run;

import dev.weighbridge.analysis.load.LoadFigures;
import dev.weighbridge.analysis.load.LoadJudgement;
import dev.weighbridge.analysis.load.Window;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.api.load.Shard;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The shards of one load as the one load that they are. Each shard's times are relative to its own start; that they began together is
 * what their recorded starts and clocks show.
 *
 * @param load judged as one: what disturbed a shard disturbed it
 * @param requests of all shards, by intended time
 * @param startsApartMillis between the first shard's start and the last one's, by clocks set right by their measured offsets
 */
public record MergedLoad(JudgedLoad load, List<RequestTiming> requests, double startsApartMillis) {
    /** Fact of a recorded shard: when it began, in milliseconds since 1970 of its machine's clock. */
    public static final String ORIGIN = "origin_epoch_millis";

    /** Fact of a recorded shard: by how much the server's clock is ahead of its machine's, in milliseconds. */
    public static final String CLOCK_OFFSET = "clock_offset_millis";

    private record Part(RunDirectory run, Trial trial, Circumstances circumstances, Shard shard) {}

    /**
     * Reads and merges shards.
     *
     * @param folders of the runs that they were recorded as
     * @throws ConfigException when they are not all shards of one load, each there once
     */
    public static MergedLoad of(List<Path> folders) {
        List<Part> parts =
                new ArrayList<>(folders.stream().map(MergedLoad::read).toList());
        parts.sort(Comparator.comparingInt(part -> part.shard().number()));
        requireWhole(parts);
        Circumstances first = parts.get(0).circumstances();
        Circumstances together = new Circumstances(
                0,
                first.steadyStartNanos(),
                first.steadyEndNanos(),
                first.openLoop(),
                first.allowPrefixReuse(),
                first.fixedLengths(),
                sum(parts, Circumstances::ceilingRequestsPerSecond),
                sum(parts, Circumstances::ceilingEventsPerSecond),
                parts.stream().mapToInt(part -> part.circumstances().cores()).sum(),
                null,
                first.classObjectives());
        LoadFigures figures = new LoadFigures(
                new Window(first.steadyStartNanos(), first.steadyEndNanos()),
                parts.get(0).run().manifest().objectives(),
                first.objectivesOfClasses());
        List<RequestTiming> requests = new ArrayList<>();
        for (Part part : parts) {
            part.run().forEachRequest(part.trial().id(), requests::add);
        }
        requests.sort(Comparator.comparingLong(RequestTiming::intendedNanos).thenComparing(RequestTiming::index));
        requests.forEach(figures::add);
        LoadJudgement judgement = LoadJudgement.of(figures, together, machine(parts), null);
        JudgedLoad load = new JudgedLoad(judgement, figures.measurements(), figures, together);
        return new MergedLoad(load, List.copyOf(requests), startsApart(parts));
    }

    private static Part read(Path folder) {
        RunDirectory run = RunDirectory.open(folder);
        List<Trial> trials = run.trials();
        Circumstances circumstances = trials.size() == 1 ? trials.get(0).circumstances() : null;
        String shard = trials.size() == 1 ? trials.get(0).engine().get("shard") : null;
        if (circumstances == null || shard == null) {
            throw new ConfigException(
                    folder + " is not the record of one load; make it with 'load --shard i/n --record'");
        }
        return new Part(run, trials.get(0), circumstances, Shard.parse(shard));
    }

    private static void requireWhole(List<Part> parts) {
        int count = parts.get(0).shard().count();
        Set<String> plans = new LinkedHashSet<>();
        parts.forEach(part -> plans.add(part.trial().engine().getOrDefault("plan", "")));
        if (plans.size() > 1) {
            throw new ConfigException("these are shards of different loads: " + String.join("; ", plans));
        }
        List<Integer> numbers =
                parts.stream().map(part -> part.shard().number()).toList();
        boolean whole = parts.size() == count
                && parts.stream().allMatch(part -> part.shard().count() == count);
        for (int i = 0; whole && i < count; i++) {
            whole = numbers.get(i) == i;
        }
        if (!whole) {
            throw new ConfigException("each of the " + count + " shards is needed once; there are "
                    + parts.stream().map(part -> part.shard().toString()).toList());
        }
    }

    /** What any shard suffered the load suffered; what was said of a shard's own method is judged anew for all. */
    private static LoadJudgement.Machine machine(List<Part> parts) {
        Set<Reason> disturbs = new LinkedHashSet<>();
        Set<Reason> flags = new LinkedHashSet<>();
        for (Part part : parts) {
            if (part.trial().status() == Trial.Status.DISTURBED) {
                disturbs.addAll(part.trial().reasons());
            }
            flags.addAll(part.trial().flags());
        }
        return new LoadJudgement.Machine(List.copyOf(disturbs), List.copyOf(flags));
    }

    private static @Nullable Double sum(List<Part> parts, Function<Circumstances, @Nullable Double> ceiling) {
        double sum = 0;
        for (Part part : parts) {
            Double known = ceiling.apply(part.circumstances());
            if (known == null) {
                return null;
            }
            sum += known;
        }
        return sum;
    }

    private static double startsApart(List<Part> parts) {
        double[] starts = parts.stream()
                .mapToDouble(part -> fact(part, ORIGIN) + fact(part, CLOCK_OFFSET))
                .sorted()
                .toArray();
        return starts[starts.length - 1] - starts[0];
    }

    private static double fact(Part part, String name) {
        String fact = part.trial().engine().getOrDefault(name, "0");
        try {
            return Double.parseDouble(fact);
        } catch (NumberFormatException e) {
            throw new ConfigException(part.run().path() + " has no number for " + name + ": " + fact);
        }
    }
}
