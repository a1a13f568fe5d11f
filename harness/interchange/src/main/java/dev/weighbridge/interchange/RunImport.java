package dev.weighbridge.interchange;

import dev.weighbridge.analysis.load.LoadFigures;
import dev.weighbridge.analysis.load.LoadJudgement;
import dev.weighbridge.analysis.load.Window;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a run directory of files that other load generators wrote. All files are loads of one variant. Figures are computed anew from
 * the requests by this project's definitions; those that cannot be had exactly are left out, and the trial says which and why.
 *
 * @param study name of the study that the run belongs to
 * @param variant that was loaded
 * @param objectives that make a request good
 */
public record RunImport(String study, Variant variant, Manifest.Objectives objectives) {
    static final DateTimeFormatter RUN_ID =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * What a file holds.
     *
     * @param file as it was named
     * @param loads in its order
     */
    public record Source(Path file, List<ForeignLoad> loads) {
        /**
         * Reads a file.
         *
         * @throws InvalidResultException when it is damaged or of no known format
         */
        public static Source read(Path file) {
            return new Source(file, ForeignFormat.readAny(file));
        }
    }

    /**
     * The one model that some files name.
     *
     * @throws InvalidResultException when they name none, or several
     */
    public static String modelOf(List<Source> sources) {
        List<String> names = sources.stream()
                .flatMap(source -> source.loads().stream())
                .map(load -> load.model() == null ? "" : load.model())
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
        if (names.size() != 1) {
            throw new InvalidResultException(
                    (names.isEmpty() ? "no file names its model" : "the files are of several models, " + names)
                            + ". Say which it is with --model");
        }
        return names.get(0);
    }

    /**
     * Writes the run.
     *
     * @param results folder of all runs
     * @param now when it is imported, which names the run
     * @throws InvalidResultException when the run cannot be written
     */
    public RunDirectory write(List<Source> sources, Path results, Instant now) {
        Map<String, ForeignLoad> loads = new LinkedHashMap<>();
        Map<String, Path> files = new LinkedHashMap<>();
        for (Source source : sources) {
            for (ForeignLoad load : source.loads()) {
                String name = unique(Variant.shortIdPart(load.name()), loads);
                loads.put(name, load);
                files.put(name, source.file());
            }
        }
        RunDirectory run = RunDirectory.create(results, manifest(loads, sources, now));
        loads.forEach((name, load) -> trial(run, name, load, files.get(name)));
        return run;
    }

    private static String unique(String name, Map<String, ForeignLoad> taken) {
        String unique = name;
        for (int i = 2; taken.containsKey(unique); i++) {
            unique = name + "-" + i;
        }
        return unique;
    }

    private Manifest manifest(Map<String, ForeignLoad> loads, List<Source> sources, Instant now) {
        Map<String, String> software = new TreeMap<>();
        loads.values().forEach(load -> software.put("load_generator " + load.tool(), "imported"));
        List<Manifest.Data> data = sources.stream()
                .map(Source::file)
                .map(file -> new Manifest.Data("file " + file.getFileName(), "1", sha256(file), "unknown", 1))
                .toList();
        return Manifest.ofLoads(
                study,
                RUN_ID.format(now),
                now.toString(),
                Map.of(),
                Map.of(),
                software,
                data,
                objectives,
                variant,
                List.copyOf(loads.keySet()));
    }

    private void trial(RunDirectory run, String name, ForeignLoad load, @Nullable Path source) {
        Circumstances circumstances = new Circumstances(
                0, load.steadyStartNanos(), load.steadyEndNanos(), load.openLoop(), true, false, null, null, 0, null);
        LoadFigures figures = new LoadFigures(new Window(load.steadyStartNanos(), load.steadyEndNanos()), objectives);
        String id = variant.id() + "~" + name + "~1";
        try (TrialFolder folder = run.begin(id)) {
            load.requests().forEach(request -> {
                folder.request(request);
                figures.add(request);
            });
            figures.histograms().forEach((figure, histogram) -> {
                if (!load.refused().containsKey(figure)) {
                    folder.histogram(figure, histogram);
                }
            });
            LoadJudgement judgement = LoadJudgement.of(figures, circumstances, LoadJudgement.Machine.QUIET, null);
            List<Reason> flags = new ArrayList<>(judgement.flags());
            flags.add(Reason.about(Code.IMPORTED, load.tool() + (source == null ? "" : ", " + source.getFileName())));
            load.refused().forEach((figure, why) -> flags.add(Reason.about(Code.FIGURE_REFUSED, figure + ": " + why)));
            folder.commit(new Trial(
                    Trial.SCHEMA_VERSION,
                    id,
                    variant,
                    new Workload(load.openLoop() ? Workload.Kind.LOAD_OPEN : Workload.Kind.LOAD_CLOSED, name),
                    1,
                    1,
                    1,
                    judgement.status(),
                    judgement.reasons(),
                    flags,
                    kept(figures.measurements(), load.refused()),
                    circumstances,
                    Map.of("version", load.tool()),
                    load.startedAt() == null ? "" : load.startedAt(),
                    (load.steadyEndNanos() - load.steadyStartNanos()) / 1e9));
        }
    }

    /** Of goodput, what depends on it goes as well. */
    private static List<Measurement> kept(List<Measurement> measurements, Map<String, String> refused) {
        return measurements.stream()
                .filter(figure -> !refused.containsKey(figure.definition()))
                .filter(figure ->
                        !(refused.containsKey("goodput") && figure.definition().startsWith("good_")))
                .toList();
    }

    private static String sha256(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new InvalidResultException("cannot read " + file + ": " + e, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
