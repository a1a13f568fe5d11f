package dev.weighbridge.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache beside one that does the same by going through a list. */
class SemanticCacheModelTest {
    /** As many as an index of them, with those that are gone, is searched without leaving one out. */
    private static final int ENTRIES = 40;

    private static final int BATCH = 8;
    private static final Duration LIFE = Duration.ofNanos(300);

    private static final Embedding EMBEDDING = new HashedNgrams(64, HashedNgrams.Weights.STANDARD);
    private static final long MAX_BYTES = 25_000;
    private static final double THRESHOLD = 0.7;

    /** The least recently used first. */
    private static final class Model {
        private record Held(Scope scope, String prompt, String answer, float[] vector, long putAt, int id) {}

        private final List<Held> held = new ArrayList<>();
        private int ids;

        Optional<SemanticCache.Hit> lookup(Scope scope, String prompt, long now) {
            held.removeIf(one -> now - one.putAt() >= LIFE.toNanos());
            float[] vector = EMBEDDING.of(prompt);
            Held best = null;
            double highest = 0;
            for (Held one : held) {
                if (one.scope().equals(scope)) {
                    boolean same = one.prompt().equals(prompt);
                    double similarity = same ? 2 : VectorIndex.similarity(vector, one.vector());
                    boolean older = best != null && similarity == highest && one.id() < best.id();
                    if (similarity >= THRESHOLD && (similarity > highest || older)) {
                        best = one;
                        highest = similarity;
                    }
                }
            }
            if (best == null) {
                return Optional.empty();
            }
            held.remove(best);
            held.add(best);
            return Optional.of(new SemanticCache.Hit(Math.min(1, highest), highest == 2, best.answer(), best.prompt()));
        }

        void put(Scope scope, String prompt, String answer, long now) {
            held.removeIf(one -> now - one.putAt() >= LIFE.toNanos());
            held.removeIf(one -> one.scope().equals(scope) && one.prompt().equals(prompt));
            held.add(new Held(scope, prompt, answer, EMBEDDING.of(prompt), now, ids++));
            while (held.size() > ENTRIES || bytes() > MAX_BYTES) {
                held.remove(0);
            }
        }

        long bytes() {
            return held.stream()
                    .mapToLong(one -> Entry.bytes(one.prompt(), one.answer(), EMBEDDING.dimensions()))
                    .sum();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theyGiveTheSameAnswers(long seed) {
        Random random = new Random(seed);
        AtomicLong clock = new AtomicLong(random.nextLong());
        List<Question> questions = QuestionLoad.repetitive(seed, 2_000, 40, 0.5, 0.2);
        List<Scope> scopes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            scopes.add(Scope.of("client " + i, Map.of("temperature", 0)));
        }
        CacheSettings settings = new CacheSettings(
                THRESHOLD, EMBEDDING, ENTRIES, MAX_BYTES, 1_000, 1_000, LIFE, CacheSettings.Sampled.NEVER);
        Model model = new Model();
        int semantic = 0;
        try (SemanticCache cache = new SemanticCache(settings, clock::get, BATCH)) {
            for (Question question : questions) {
                clock.addAndGet(random.nextInt(5));
                Scope scope = scopes.get(random.nextInt(3));
                if (random.nextInt(3) > 0) {
                    Optional<SemanticCache.Hit> expected = model.lookup(scope, question.prompt(), clock.get());
                    assertThat(cache.lookup(scope, question.prompt())).isEqualTo(expected);
                    semantic += expected.isPresent() && !expected.get().exact() ? 1 : 0;
                } else {
                    String answer = question.answer() + "!".repeat(random.nextInt(100));
                    model.put(scope, question.prompt(), answer, clock.get());
                    cache.put(scope, question.prompt(), answer);
                    assertThat(cache.statistics())
                            .returns((long) model.held.size(), CacheStatistics::entries)
                            .returns(model.bytes(), CacheStatistics::bytes);
                }
            }
            assertThat(semantic).isGreaterThan(50);
            assertThat(cache.statistics().evictions()).isGreaterThan(20);
            assertThat(cache.statistics().expired()).isGreaterThan(20);
        }
    }
}
