package dev.weighbridge.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SemanticCacheConcurrencyTest {
    private static final int THREADS = 64;
    private static final int ROUNDS = 80;
    private static final int OWN = 40;
    private static final int ENTRIES = 400;
    private static final long MAX_BYTES = 250_000;

    private final AtomicLong clock = new AtomicLong();

    @Test
    @Timeout(60)
    void sixtyFourThreadsGetOnlyAnswersOfTheirScopeAndLoseNone() throws Exception {
        Embedding embedding = new HashedNgrams(64, HashedNgrams.Weights.STANDARD);
        // Some nanoseconds, which pass with each reading of the clock, so that entries expire, too.
        CacheSettings settings = new CacheSettings(
                0.8,
                embedding,
                ENTRIES,
                MAX_BYTES,
                1_000,
                1_000,
                Duration.ofNanos(10_000),
                CacheSettings.Sampled.NEVER);
        List<Question> questions = QuestionLoad.repetitive(9, 3_000, 300, 0.7, 0.2);
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try (SemanticCache cache = new SemanticCache(settings, clock::incrementAndGet, 16)) {
            List<Callable<Integer>> clients = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int client = thread % 4;
                long seed = thread;
                clients.add(() -> ask(cache, client, new Random(seed), questions));
            }
            int own = 0;
            for (Future<Integer> result : pool.invokeAll(clients)) {
                own += result.get();
            }
            CacheStatistics statistics = cache.statistics();
            assertThat(own).isGreaterThan(THREADS * ROUNDS / 2);
            assertThat(statistics.lookups()).isEqualTo(2L * THREADS * ROUNDS);
            assertThat(statistics.puts()).isEqualTo((long) THREADS * ROUNDS);
            assertThat(statistics.semanticHits()).isPositive();
            assertThat(statistics.evictions()).isPositive();
            assertThat(statistics.entries()).isLessThanOrEqualTo(ENTRIES);
            assertThat(statistics.bytes()).isLessThanOrEqualTo(MAX_BYTES);
        } finally {
            pool.shutdownNow();
        }
    }

    /** Entries on their way into the index must be found, too; the search of the index itself may miss one in a hundred. */
    @Test
    @Timeout(60)
    void whatWasPutIsFoundWhileOthersPut() throws Exception {
        CacheSettings settings = CacheSettings.of(Map.of("dimensions", 64), Path.of(""));
        Scope scope = Scope.of("client", Map.of("temperature", 0));
        List<Question> questions = QuestionLoad.unique(10, THREADS * OWN);
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try (SemanticCache cache = new SemanticCache(settings, clock::incrementAndGet, 16)) {
            List<Callable<Integer>> clients = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                List<Question> own = questions.subList(thread * OWN, (thread + 1) * OWN);
                clients.add(() -> {
                    int found = 0;
                    for (Question question : own) {
                        cache.put(scope, question.prompt(), question.prompt());
                        found += cache.lookup(scope, question.prompt() + "!")
                                        .filter(hit -> hit.storedPrompt().equals(question.prompt()))
                                        .isPresent()
                                ? 1
                                : 0;
                    }
                    return found;
                });
            }
            int found = 0;
            for (Future<Integer> result : pool.invokeAll(clients)) {
                found += result.get();
            }
            assertThat(found).isGreaterThanOrEqualTo(THREADS * OWN * 98 / 100);
        } finally {
            pool.shutdownNow();
        }
    }

    /** How often what was put was found by the next look-up, which other threads may have prevented by evictions only. */
    private static int ask(SemanticCache cache, int client, Random random, List<Question> questions) {
        Scope scope = Scope.of("client " + client, Map.of("temperature", 0));
        int own = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Question asked = questions.get(random.nextInt(questions.size()));
            check(cache.lookup(scope, asked.prompt()), client);
            Question put = questions.get(random.nextInt(questions.size()));
            cache.put(scope, put.prompt(), client + " " + put.prompt());
            Optional<SemanticCache.Hit> found = cache.lookup(scope, put.prompt());
            check(found, client);
            own += found.isPresent() && found.get().exact() ? 1 : 0;
        }
        return own;
    }

    private static void check(Optional<SemanticCache.Hit> hit, int client) {
        hit.ifPresent(found -> {
            assertThat(found.answer()).isEqualTo(client + " " + found.storedPrompt());
            assertThat(found.similarity()).isBetween(0.8, 1.0);
        });
    }
}
