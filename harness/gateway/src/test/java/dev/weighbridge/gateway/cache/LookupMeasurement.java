package dev.weighbridge.gateway.cache;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints how long look-ups take with some numbers of entries in one scope. Needs -Xmx2g for 100 000 entries. */
final class LookupMeasurement {
    private static final int LOOKUPS = 2_000;

    private LookupMeasurement() {}

    /**
     * Fills a cache with each number of entries and looks up other prompts, then the very same ones.
     *
     * @param arguments numbers of entries; 1000 and 10000 without any
     */
    public static void main(String[] arguments) {
        int[] sizes = arguments.length == 0
                ? new int[] {1_000, 10_000}
                : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        Scope scope = Scope.of("", Map.of("temperature", 0));
        for (int size : sizes) {
            CacheSettings settings = CacheSettings.of(
                    Map.of("max-entries", size, "max-bytes", 1L << 32, "time-to-live", "1d"), Path.of(""));
            List<Question> stored = QuestionLoad.unique(1, size);
            List<Question> asked = QuestionLoad.unique(2, 2 * LOOKUPS);
            try (SemanticCache cache = new SemanticCache(settings, System::nanoTime)) {
                long start = System.nanoTime();
                stored.forEach(question -> cache.put(scope, question.prompt(), question.answer()));
                double putMicros = (System.nanoTime() - start) / 1e3 / size;
                long[] similar = times(cache, scope, asked);
                long[] exact = times(cache, scope, stored.subList(0, Math.min(size, 2 * LOOKUPS)));
                System.out.printf(
                        Locale.ROOT,
                        "%d entries: put %.0f us; look-up by similarity median %.0f us, p99 %.0f us; by the very same prompt"
                                + " median %.2f us%n",
                        size,
                        putMicros,
                        similar[similar.length / 2] / 1e3,
                        similar[similar.length * 99 / 100] / 1e3,
                        exact[exact.length / 2] / 1e3);
                System.out.println(cache.statistics());
            }
        }
        embedding();
    }

    /** The second half's, in order of size; the first half warms up. */
    private static long[] times(SemanticCache cache, Scope scope, List<Question> questions) {
        long[] times = new long[questions.size()];
        int found = 0;
        for (int i = 0; i < times.length; i++) {
            long start = System.nanoTime();
            found += cache.lookup(scope, questions.get(i).prompt()).isPresent() ? 1 : 0;
            times[i] = System.nanoTime() - start;
        }
        System.out.println(found + " of " + times.length + " were found");
        long[] measured = Arrays.copyOfRange(times, times.length / 2, times.length);
        Arrays.sort(measured);
        return measured;
    }

    private static void embedding() {
        Embedding embedding = new HashedNgrams();
        for (int repeat : new int[] {1, 10, 100}) {
            String text = "How many hours does Clara work in 12 days of 7 hours each? ".repeat(repeat);
            int times = 20_000 / repeat;
            long start = 0;
            for (int i = -times; i < times; i++) {
                start = i == 0 ? System.nanoTime() : start;
                embedding.of(text);
            }
            System.out.printf(
                    Locale.ROOT,
                    "embedding of %d characters: %.0f us%n",
                    text.length(),
                    (System.nanoTime() - start) / 1e3 / times);
        }
    }
}
