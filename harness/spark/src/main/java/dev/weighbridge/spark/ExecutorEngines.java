package dev.weighbridge.spark;

import dev.weighbridge.api.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The engines of this process, one for each evaluation, which all its tasks share: weights are in memory once, and requests of
 * several tasks can be batched. An engine is closed when its evaluation ends in this process or the process does.
 */
final class ExecutorEngines {
    private static final Map<String, Lent> OPEN = new HashMap<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ExecutorEngines::closeAll, "weighbridge-engines"));
    }

    private ExecutorEngines() {}

    /** An engine while a task uses it. */
    static final class Lent implements AutoCloseable {
        private final Engine engine;
        private final Path scratch;
        private int users;
        private boolean given;

        private Lent(Engine engine, Path scratch) {
            this.engine = engine;
            this.scratch = scratch;
        }

        Engine engine() {
            return engine;
        }

        /** Gives it back; the last one that uses an engine which was given up closes it. */
        @Override
        public void close() {
            synchronized (OPEN) {
                users--;
                closeUnused();
            }
        }

        private void closeUnused() {
            if (given && users == 0) {
                engine.close();
                delete(scratch);
            }
        }
    }

    /** The engine of an evaluation; the first task that asks for it opens it, others wait. */
    static Lent lend(String evaluation, EngineRecipe recipe) {
        synchronized (OPEN) {
            Lent lent = OPEN.get(evaluation);
            if (lent == null) {
                lent = open(recipe);
                OPEN.put(evaluation, lent);
            }
            lent.users++;
            return lent;
        }
    }

    private static Lent open(EngineRecipe recipe) {
        Path scratch;
        try {
            scratch = Files.createTempDirectory("weighbridge-spark");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a folder for the engine", e);
        }
        boolean opened = false;
        try {
            Lent lent = new Lent(recipe.open(scratch), scratch);
            opened = true;
            return lent;
        } finally {
            if (!opened) {
                delete(scratch);
            }
        }
    }

    /** Lends an engine that failed to nobody any more: the next task opens another. */
    static void giveUp(String evaluation, Lent failed) {
        synchronized (OPEN) {
            if (OPEN.remove(evaluation, failed)) {
                failed.given = true;
            }
        }
    }

    /** Ends an evaluation in this process. */
    static void close(String evaluation) {
        synchronized (OPEN) {
            Lent lent = OPEN.remove(evaluation);
            if (lent != null) {
                lent.given = true;
                lent.closeUnused();
            }
        }
    }

    private static void closeAll() {
        synchronized (OPEN) {
            OPEN.values().forEach(lent -> {
                lent.engine.close();
                delete(lent.scratch);
            });
            OPEN.clear();
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // The system clears its folder of temporary files; results are not touched by what stays there.
        }
    }
}
