package dev.weighbridge.site;

import dev.weighbridge.analysis.Opinions;
import dev.weighbridge.analysis.RunView;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.analysis.text.VariantNames;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A run as the site shows it, read from its files once.
 *
 * @param folder name of its folder in the site, unique there and safe as a file name
 * @param manifest of the run
 * @param trials in the order in which they ended
 * @param decision of this very run, when one was made
 * @param rows best first
 * @param names short name by variant id
 * @param opinions of judges and users
 * @param problem what is wrong with its decision file, or {@code null}
 */
record PublishedRun(
        String folder,
        Manifest manifest,
        List<Trial> trials,
        Optional<Decision> decision,
        List<VariantView> rows,
        Map<String, String> names,
        Opinions opinions,
        @Nullable String problem) {
    private static final int LONGEST_PART = 60;
    private static final int DATE_LENGTH = 10;
    private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9._]+");
    private static final Pattern EDGE = Pattern.compile("^[._-]+|[._-]+$");

    /** Reads the runs, newest first; a folder that is named twice is read once. */
    static List<PublishedRun> read(List<Path> paths) {
        List<RunDirectory> directories = paths.stream()
                .map(path -> path.toAbsolutePath().normalize())
                .distinct()
                .map(RunDirectory::open)
                .sorted(Comparator.comparing(
                                (RunDirectory run) -> run.manifest().createdAt())
                        .reversed()
                        .thenComparing(run -> run.manifest().study())
                        .thenComparing(run -> run.manifest().runId())
                        .thenComparing(run -> run.path().toString()))
                .toList();
        List<PublishedRun> runs = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (RunDirectory directory : directories) {
            runs.add(read(directory, folder(directory.manifest(), taken)));
        }
        return List.copyOf(runs);
    }

    /** Name of the study, fit for a page. */
    String study() {
        return SafeText.clean(manifest.study(), SafeText.SHORT);
    }

    /** Id of the run, fit for a page. */
    String runId() {
        return SafeText.clean(manifest.runId(), SafeText.SHORT);
    }

    /** Day on which the run started. */
    String date() {
        String started = SafeText.clean(manifest.createdAt(), SafeText.SHORT);
        return started.length() > DATE_LENGTH && started.charAt(DATE_LENGTH) == 'T'
                ? started.substring(0, DATE_LENGTH)
                : started;
    }

    List<VariantView> valid() {
        return rows.stream().filter(VariantView::valid).toList();
    }

    List<VariantView> notValid() {
        return rows.stream().filter(row -> !row.valid()).toList();
    }

    /** The row that the decision names. */
    Optional<VariantView> chosen() {
        return decision.flatMap(d -> rows.stream()
                .filter(row -> row.variant().id().equals(d.chosen()))
                .findFirst());
    }

    /** Short name of a variant; its id when the manifest does not know it. */
    String name(String variantId) {
        return names.getOrDefault(variantId, variantId);
    }

    private static PublishedRun read(RunDirectory directory, String folder) {
        Manifest manifest = directory.manifest();
        RunView view = RunView.of(directory);
        Optional<Decision> found = directory.decision();
        // A decision that was copied here from another run says nothing about these figures.
        boolean foreign = found.isPresent()
                && !(found.get().study().equals(manifest.study())
                        && found.get().runId().equals(manifest.runId()));
        String problem = foreign
                ? "The decision file of this run belongs to another run; the decision shown is made from the run's own files."
                : null;
        return new PublishedRun(
                folder,
                manifest,
                view.trials(),
                Optional.of(view.decision()),
                view.rows(),
                VariantNames.of(manifest.variants()),
                Opinions.of(directory),
                problem);
    }

    private static String folder(Manifest manifest, Set<String> taken) {
        String name = safe(manifest.study(), "study") + "-" + safe(manifest.runId(), "run");
        String unique = name;
        // Some file systems do not tell capitals from small letters.
        for (int i = 2; !taken.add(unique.toLowerCase(Locale.ROOT)); i++) {
            unique = name + "-" + i;
        }
        return unique;
    }

    private static String safe(String text, String otherwise) {
        String start = text.substring(0, Math.min(text.length(), LONGEST_PART));
        String name = EDGE.matcher(UNSAFE.matcher(start).replaceAll("-")).replaceAll("");
        return name.isEmpty() ? otherwise : name;
    }
}
