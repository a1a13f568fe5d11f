package dev.weighbridge.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SemanticCacheTest {
    private static final Scope SCOPE = scope("a");
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicLong clock = new AtomicLong();

    private static Scope scope(String client) {
        return Scope.of(client, Map.of("temperature", 0));
    }

    private static CacheSettings settings(Embedding embedding, int maxEntries, long maxBytes) {
        return new CacheSettings(0.9, embedding, maxEntries, maxBytes, 8_192, 1_000, HOUR, CacheSettings.Sampled.NEVER);
    }

    private SemanticCache angles(int maxEntries, int batch) {
        return new SemanticCache(settings(new Angles(), maxEntries, 1L << 30), clock::get, batch);
    }

    private static Optional<String> answer(SemanticCache cache, Scope scope, String prompt) {
        return cache.lookup(scope, prompt).map(SemanticCache.Hit::answer);
    }

    @Test
    void theVerySamePromptIsAnsweredAtOnce() {
        try (SemanticCache cache = angles(10, 4)) {
            assertThat(cache.lookup(SCOPE, "0")).isEmpty();
            cache.put(SCOPE, "0", "zero");
            assertThat(cache.lookup(SCOPE, "0")).contains(new SemanticCache.Hit(1, true, "zero", "0"));
        }
    }

    @Test
    void aPromptThatIsSimilarEnoughIsAnsweredAndNoOther() {
        try (SemanticCache cache = angles(10, 4)) {
            cache.put(SCOPE, "0", "zero");
            SemanticCache.Hit hit = cache.lookup(SCOPE, "0.4").orElseThrow();
            assertThat(hit.similarity()).isCloseTo(Math.cos(0.4), within(1e-6));
            assertThat(hit.exact()).isFalse();
            assertThat(hit.answer()).isEqualTo("zero");
            assertThat(hit.storedPrompt()).isEqualTo("0");
            // cos 0.451 = 0.9
            assertThat(cache.lookup(SCOPE, "0.45")).isPresent();
            assertThat(cache.lookup(SCOPE, "0.46")).isEmpty();
        }
    }

    @Test
    void theNearestIsFoundWhereverItIs() {
        try (SemanticCache cache = angles(1_000, 16)) {
            for (int i = 0; i < 100; i++) {
                String prompt = String.valueOf(i * 37 % 100 * 0.02);
                cache.put(SCOPE, prompt, prompt);
                for (int asked = 0; asked <= i; asked += 7) {
                    String same = String.valueOf(asked * 37 % 100 * 0.02);
                    assertThat(answer(cache, SCOPE, same + " again")).contains(same);
                }
            }
            assertThat(cache.statistics().semanticHits()).isEqualTo(765);
        }
    }

    @Test
    void noScopeIsAnsweredFromAnother() {
        try (SemanticCache cache = angles(1_000, 4)) {
            for (int client = 0; client < 5; client++) {
                for (int i = 0; i < 10; i++) {
                    cache.put(scope("c" + client), i * 0.001 + " " + client, "of " + client);
                }
            }
            for (int client = 0; client < 5; client++) {
                for (int i = 0; i < 10; i++) {
                    for (int of = 0; of < 5; of++) {
                        assertThat(answer(cache, scope("c" + client), i * 0.001 + " " + of))
                                .contains("of " + client);
                    }
                }
            }
            assertThat(cache.lookup(scope("c5"), "0.0 0")).isEmpty();
            assertThat(cache.statistics().scopes()).isEqualTo(5);
        }
    }

    @Test
    void requestsThatAskForSamplingReachTheModelUnlessSaidOtherwise() {
        Scope sampled = Scope.of("a", Map.of("temperature", 0.7));
        try (SemanticCache cache = angles(10, 4)) {
            cache.put(sampled, "0", "zero");
            assertThat(cache.lookup(sampled, "0")).isEmpty();
            assertThat(cache.statistics().bypassed()).isEqualTo(1);
            assertThat(cache.statistics().lookups()).isZero();
            assertThat(cache.statistics().entries()).isZero();
        }
        try (SemanticCache cache =
                new SemanticCache(CacheSettings.of(Map.of("sampled", "always"), Path.of("")), clock::get)) {
            cache.put(sampled, "0", "zero");
            assertThat(answer(cache, sampled, "0")).contains("zero");
            assertThat(cache.lookup(SCOPE, "0")).isEmpty();
        }
    }

    @Test
    void theLeastRecentlyUsedEntryGivesWay() {
        try (SemanticCache cache = angles(3, 2)) {
            cache.put(SCOPE, "0", "zero");
            cache.put(SCOPE, "1", "one");
            cache.put(scope("b"), "2", "two");
            // An exact and a semantic use.
            assertThat(cache.lookup(SCOPE, "0")).isPresent();
            assertThat(cache.lookup(scope("b"), "2.1")).isPresent();
            cache.put(SCOPE, "3", "three");
            assertThat(cache.lookup(SCOPE, "1")).isEmpty();
            assertThat(cache.lookup(SCOPE, "1.1")).isEmpty();
            cache.put(SCOPE, "-1.5", "four");
            assertThat(cache.lookup(SCOPE, "0")).isEmpty();
            assertThat(cache.lookup(scope("b"), "2")).isPresent();
            assertThat(cache.statistics().evictions()).isEqualTo(2);
            assertThat(cache.statistics().entries()).isEqualTo(3);
        }
    }

    @Test
    void bytesAreBounded() {
        long one = Entry.bytes("0.00", "x".repeat(900), 2);
        assertThat(one).isBetween(1_800L, 2_500L);
        try (SemanticCache cache =
                new SemanticCache(settings(new Angles(), 1_000, 10 * one + one / 2), clock::get, 4)) {
            for (int i = 10; i < 60; i++) {
                cache.put(SCOPE, "0." + i, "x".repeat(900));
                assertThat(cache.statistics().bytes()).isEqualTo(Math.min(10, i - 9) * one);
            }
            assertThat(cache.statistics().evictions()).isEqualTo(40);
            // Two small ones find room beside the ten, a third takes the place of a large one.
            for (int i = 0; i < 3; i++) {
                cache.put(SCOPE, "0.6" + i, "x");
            }
            assertThat(cache.statistics().evictions()).isEqualTo(41);
            assertThat(cache.statistics().bytes()).isEqualTo(9 * one + 3 * Entry.bytes("0.60", "x", 2));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -5, Long.MAX_VALUE - 10})
    void anEntryLivesForItsTime(long start) {
        clock.set(start);
        try (SemanticCache cache = angles(10, 2)) {
            cache.put(SCOPE, "0", "zero");
            clock.addAndGet(HOUR.toNanos() / 2);
            cache.put(SCOPE, "1", "one");
            clock.addAndGet(HOUR.toNanos() / 2 - 1);
            assertThat(cache.lookup(SCOPE, "0")).isPresent();
            assertThat(cache.lookup(SCOPE, "0.1")).isPresent();
            clock.addAndGet(1);
            // A use does not make it live longer.
            assertThat(cache.lookup(SCOPE, "0")).isEmpty();
            assertThat(cache.lookup(SCOPE, "0.1")).isEmpty();
            assertThat(cache.lookup(SCOPE, "1")).isPresent();
            clock.addAndGet(HOUR.toNanos());
            assertThat(cache.lookup(SCOPE, "1")).isEmpty();
            assertThat(cache.statistics())
                    .returns(2L, CacheStatistics::expired)
                    .returns(0L, CacheStatistics::evictions)
                    .returns(0L, CacheStatistics::bytes)
                    .returns(0L, CacheStatistics::scopes);
        }
    }

    @Test
    void aLaterAnswerToTheSamePromptTakesThePlaceOfTheFirst() {
        try (SemanticCache cache = angles(10, 2)) {
            for (int i = 0; i < 9; i++) {
                clock.addAndGet(HOUR.toNanos() - 1);
                cache.put(SCOPE, "0", "answer " + i);
                assertThat(answer(cache, SCOPE, "0")).contains("answer " + i);
                assertThat(answer(cache, SCOPE, "0.1")).contains("answer " + i);
                assertThat(cache.statistics().entries()).isEqualTo(1);
            }
        }
    }

    @Test
    void entriesThatAreGoneDoNotHideThoseBehindThem() {
        try (SemanticCache cache = angles(300, 200)) {
            for (int i = 0; i < 150; i++) {
                cache.put(SCOPE, String.valueOf(i * 1e-4), "gone");
            }
            for (int i = 0; i < 50; i++) {
                cache.put(SCOPE, String.valueOf(0.2 + i * 1e-4), "still there");
            }
            for (int i = 0; i < 250; i++) {
                cache.put(scope("b"), "0 " + i, "other");
            }
            assertThat(cache.statistics().evictions()).isEqualTo(150);
            assertThat(answer(cache, SCOPE, "0.00001")).contains("still there");
        }
    }

    @Test
    void aPromptThatIsTooLongIsNotEvenEmbedded() {
        Embedding none = new Embedding() {
            @Override
            public String id() {
                return "none";
            }

            @Override
            public int dimensions() {
                return 2;
            }

            @Override
            public float[] of(String text) {
                throw new AssertionError("embedded " + text.length() + " characters");
            }
        };
        try (SemanticCache cache = new SemanticCache(settings(none, 10, 1 << 30), clock::get, 4)) {
            String prompt = "a ".repeat(5_000_000);
            cache.put(SCOPE, prompt, "answer");
            assertThat(cache.lookup(SCOPE, prompt)).isEmpty();
            assertThat(cache.statistics())
                    .returns(1L, CacheStatistics::refused)
                    .returns(1L, CacheStatistics::misses)
                    .returns(0L, CacheStatistics::entries);
        }
    }

    @Test
    void anAnswerThatIsTooLongIsNotHeldAndDoesNotRemoveTheOneBefore() {
        try (SemanticCache cache = angles(10, 4)) {
            cache.put(SCOPE, "0", "x".repeat(1_000));
            cache.put(SCOPE, "0", "y".repeat(1_001));
            assertThat(answer(cache, SCOPE, "0")).contains("x".repeat(1_000));
            assertThat(cache.statistics().refused()).isEqualTo(1);
            assertThat(cache.statistics().puts()).isEqualTo(1);
        }
        try (SemanticCache cache = new SemanticCache(settings(new Angles(), 10, 500), clock::get, 4)) {
            cache.put(SCOPE, "0", "x".repeat(100));
            assertThat(cache.statistics().refused()).isEqualTo(1);
        }
    }

    @Test
    void hostileTextsAreHeldEachForItself() {
        List<String> texts = List.of(
                "",
                " ",
                "\u0000",
                "\ud800",
                "\udc00\ud800",
                "\ud83d\ude00",
                "\ud83d\ude21\ud83d\ude21",
                "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
                "\ufdfa".repeat(8_000),
                "a\u0301\u0302".repeat(2_000),
                "9".repeat(8_192),
                "-".repeat(8_192),
                "' OR 1=1; --",
                "n't".repeat(2_000));
        try (SemanticCache cache = new SemanticCache(CacheSettings.standard(), clock::get, 4)) {
            for (String text : texts) {
                assertThat(cache.lookup(SCOPE, text)).as(text).isEmpty();
                cache.put(SCOPE, text, "to " + text);
                assertThat(answer(cache, SCOPE, text)).contains("to " + text);
            }
            texts.forEach(text -> assertThat(answer(cache, SCOPE, text)).contains("to " + text));
        }
    }

    @Test
    void anEmbeddingThatBreaksItsPromiseIsNamed() {
        Embedding zero = new Embedding() {
            @Override
            public String id() {
                return "zero";
            }

            @Override
            public int dimensions() {
                return 2;
            }

            @Override
            public float[] of(String text) {
                return new float[2];
            }
        };
        try (SemanticCache cache = new SemanticCache(settings(zero, 10, 1 << 30), clock::get, 4)) {
            assertThatThrownBy(() -> cache.put(SCOPE, "a", "b"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("embedding zero gave 2 values of length 0.0");
        }
    }

    @Test
    void anEmbeddingWithMoreValuesThanTheIndexTakesIsRefused() {
        Embedding wide = new Embedding() {
            @Override
            public String id() {
                return "wide";
            }

            @Override
            public int dimensions() {
                return 1_025;
            }

            @Override
            public float[] of(String text) {
                throw new AssertionError("embedded");
            }
        };
        assertThatThrownBy(() -> new SemanticCache(settings(wide, 10, 1 << 30), clock::get, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("embedding wide has 1025 values, but the index takes at most 1024");
    }

    @Test
    void timesOfLookUpsAreSummedByTheirOutcome() {
        AtomicLong readings = new AtomicLong();
        try (SemanticCache cache =
                new SemanticCache(settings(new Angles(), 10, 1 << 30), () -> 100 * readings.getAndIncrement(), 4)) {
            cache.put(SCOPE, "0", "zero");
            List<String> prompts = new ArrayList<>(List.of("0", "0", "0", "0.1", "0.2", "1.5"));
            prompts.forEach(prompt -> cache.lookup(SCOPE, prompt));
            assertThat(cache.statistics())
                    .returns(6L, CacheStatistics::lookups)
                    .returns(3L, CacheStatistics::exactHits)
                    .returns(300L, CacheStatistics::exactHitNanos)
                    .returns(2L, CacheStatistics::semanticHits)
                    .returns(200L, CacheStatistics::semanticHitNanos)
                    .returns(1L, CacheStatistics::misses)
                    .returns(100L, CacheStatistics::missNanos);
        }
    }

    @Test
    void closingGivesUpAllEntries() {
        SemanticCache cache = angles(100, 4);
        for (int i = 0; i < 50; i++) {
            cache.put(scope("c" + i % 3), i + "", "x");
        }
        cache.close();
        assertThat(cache.statistics())
                .returns(0L, CacheStatistics::entries)
                .returns(0L, CacheStatistics::bytes)
                .returns(0L, CacheStatistics::scopes);
        assertThat(cache.lookup(scope("c0"), "0")).isEmpty();
    }
}
