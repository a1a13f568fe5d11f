package dev.weighbridge.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A cache that asks a tiny model, by the engine that runs it. */
class SentenceEmbeddingTest {
    private static final Path MODELS = Path.of("../../engines/onnxruntime/src/test/resources/encoders");
    private static final String LONG = "the cat sat on the mat and the dog sat on the cat and it was ";

    private static CacheSettings settings(double threshold) {
        return CacheSettings.of(Map.of("embedding", "sentences", "threshold", threshold), MODELS);
    }

    @Test
    void similarPromptsAreAnsweredByTheModelsVectors() {
        try (SemanticCache cache = new SemanticCache(settings(0.95), new AtomicLong()::get)) {
            Scope scope = Scope.of("client", Map.of("temperature", 0));
            cache.put(scope, "the cat sat on the mat.", "purr");
            assertThat(cache.lookup(scope, "THE cat sat on the mat")).hasValueSatisfying(hit -> {
                assertThat(hit.exact()).isFalse();
                assertThat(hit.answer()).isEqualTo("purr");
            });
            assertThat(cache.lookup(scope, "hate you, idiot")).isEmpty();
            cache.put(scope, "", "nothing");
            // BERT's tokenizer drops a surrogate without its partner as it drops all that is no character.
            assertThat(cache.lookup(scope, "\uD83D")).isPresent();
            assertThat(cache.lookup(scope, "")).isPresent();
        }
    }

    @Test
    void promptsThatAreNotReadToTheirEndAreNeitherHeldNorTakenForOneAnother() {
        CacheSettings settings = settings(0.5);
        assertThat(settings.embedding().of(LONG + "kind"))
                .isEqualTo(settings.embedding().of(LONG + "stupid"));
        try (SemanticCache cache = new SemanticCache(settings, new AtomicLong()::get)) {
            Scope scope = Scope.of("client", Map.of("temperature", 0));
            cache.put(scope, "the cat sat on the mat", "short");
            cache.put(scope, LONG + "kind", "kind");
            assertThat(cache.lookup(scope, LONG + "stupid")).isEmpty();
            assertThat(cache.lookup(scope, LONG + "kind")).isEmpty();
            assertThat(cache.statistics().refused()).isEqualTo(1);
        }
        List<CacheTrial.Row> rows = CacheTrial.replay(
                settings.embedding(),
                List.of(
                        new Question(LONG + "kind", "a", Question.Origin.ASKED),
                        new Question(LONG + "stupid", "b", Question.Origin.ASKED),
                        new Question("the cat", "c", Question.Origin.ASKED),
                        new Question(LONG + "kind", "a", Question.Origin.ASKED)),
                List.of(0.5),
                String::equals);
        assertThat(rows).containsExactly(new CacheTrial.Row(0.5, 4, 0, 0, 0));
    }

    @Test
    void theSettingsNameTheModelByItsContent() {
        assertThat(settings(0.9).toString())
                .containsPattern("embedding=sentences \\(sha256 [0-9a-f]{64}, 16 tokens\\)");
        assertThatThrownBy(() -> CacheSettings.of(Map.of("embedding", "sentences", "dimensions", 64), MODELS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dimensions is of embedding hashed-ngrams alone");
        assertThatThrownBy(() -> CacheSettings.of(Map.of("embedding", "toxicity"), MODELS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("It is no model of sentences");
    }
}
