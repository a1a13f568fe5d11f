package dev.weighbridge.scoring;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The kinds of scorers on the class path. */
public final class Scorers {
    private Scorers() {}

    /** Every kind, by id. */
    public static Map<String, ScorerKind> kinds() {
        Map<String, ScorerKind> kinds = new TreeMap<>();
        for (ScorerKind kind : ServiceLoader.load(ScorerKind.class, Scorers.class.getClassLoader())) {
            ScorerKind other = kinds.put(kind.id(), kind);
            if (other != null) {
                throw new IllegalStateException("two kinds of scorers are called '" + kind.id() + "': "
                        + other.getClass().getName() + " and " + kind.getClass().getName() + ". Remove one jar.");
            }
        }
        return kinds;
    }

    /**
     * A kind by its id.
     *
     * @throws ScoringException when there is none
     */
    public static ScorerKind kind(String id) {
        ScorerKind kind = kinds().get(id);
        if (kind == null) {
            throw new ScoringException(
                    "there is no scorer '" + id + "'. Choose one of " + List.copyOf(kinds().keySet()) + ".");
        }
        return kind;
    }

    /**
     * Opens a scorer and checks that every option was one of its own.
     *
     * @throws ScoringException as {@link ScorerKind#open}
     */
    public static Scorer open(String id, Map<String, Object> options) {
        return open(id, options, Path.of(""));
    }

    /**
     * As {@link #open(String, Map)}, with files that options name looked for from a folder, that of the task file.
     *
     * @throws ScoringException as {@link ScorerKind#open}
     */
    public static Scorer open(String id, Map<String, Object> options, Path folder) {
        ScorerOptions read = new ScorerOptions(id, options, folder);
        Scorer scorer = kind(id).open(read);
        read.end();
        return scorer;
    }
}
