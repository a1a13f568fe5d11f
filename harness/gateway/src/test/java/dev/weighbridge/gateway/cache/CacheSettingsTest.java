package dev.weighbridge.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheSettingsTest {
    @Test
    void nothingGivenIsTheStandard() {
        CacheSettings settings = CacheSettings.standard();
        assertThat(settings.threshold()).isEqualTo(0.9);
        assertThat(settings.embedding().id()).isEqualTo(new HashedNgrams().id());
        assertThat(settings.maxEntries()).isEqualTo(10_000);
        assertThat(settings.maxBytes()).isEqualTo(268_435_456);
        assertThat(settings.maxPromptCharacters()).isEqualTo(8_192);
        assertThat(settings.maxAnswerCharacters()).isEqualTo(65_536);
        assertThat(settings.timeToLive()).isEqualTo(Duration.ofHours(1));
        assertThat(settings.sampled()).isEqualTo(CacheSettings.Sampled.NEVER);
    }

    @Test
    void everyKeyIsRead() {
        CacheSettings settings = CacheSettings.of(
                Map.ofEntries(
                        Map.entry("threshold", "0.8"),
                        Map.entry("embedding", "hashed-ngrams"),
                        Map.entry("dimensions", 128),
                        Map.entry(
                                "weights",
                                Map.of(
                                        "words",
                                        1,
                                        "pairs",
                                        2,
                                        "characters",
                                        3,
                                        "numbers",
                                        4,
                                        "negations",
                                        5,
                                        "names",
                                        6.5)),
                        Map.entry("max-entries", 7),
                        Map.entry("max-bytes", 5_000_000_000L),
                        Map.entry("max-prompt-characters", 9),
                        Map.entry("max-answer-characters", 10),
                        Map.entry("time-to-live", "15m"),
                        Map.entry("sampled", "always")),
                Path.of(""));
        assertThat(settings.threshold()).isEqualTo(0.8);
        assertThat(settings.embedding().id())
                .isEqualTo("hashed-ngrams-128(words=1.0,pairs=2.0,characters=3.0,numbers=4.0,negations=5.0,names=6.5)");
        assertThat(settings.maxEntries()).isEqualTo(7);
        assertThat(settings.maxBytes()).isEqualTo(5_000_000_000L);
        assertThat(settings.maxPromptCharacters()).isEqualTo(9);
        assertThat(settings.maxAnswerCharacters()).isEqualTo(10);
        assertThat(settings.timeToLive()).isEqualTo(Duration.ofMinutes(15));
        assertThat(settings.sampled()).isEqualTo(CacheSettings.Sampled.ALWAYS);
    }

    @Test
    void allProblemsAreToldAtOnceAndTheKnownKeysListed() {
        assertThatThrownBy(() -> CacheSettings.of(
                        Map.of(
                                "treshold",
                                0.8,
                                "max-entries",
                                "many",
                                "weights",
                                Map.of("digits", 3),
                                "sampled",
                                "often"),
                        Path.of("")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "treshold is unknown. Known are: threshold, embedding, dimensions, weights, max-entries, max-bytes,"
                                + " max-prompt-characters, max-answer-characters, time-to-live, sampled")
                .hasMessageContaining("max-entries must be a whole number between 1 and 10000000, got: many")
                .hasMessageContaining("weights.digits is unknown. Known are: words, pairs")
                .hasMessageContaining("sampled must be one of never, always, got: often");
    }

    @ParameterizedTest
    @CsvSource({
        "threshold, 0, above 0",
        "threshold, 1.01, at most 1",
        "threshold, NaN, above 0",
        "threshold, high, must be a number",
        "embedding, word2vec, hashed-ngrams or the folder of a model of sentences: there is no folder word2vec",
        "dimensions, 2048, between 1 and 1024",
        "dimensions, 8, between 64 and 1024",
        "weights, 3, must be a mapping",
        "max-entries, 0, between 1 and 10000000",
        "max-bytes, 1.5, whole number",
        "max-bytes, 99999999999999999999, whole number",
        "max-answer-characters, -1, whole number",
        "time-to-live, 30, such as 30s",
        "time-to-live, 0s, longer than 0",
        "time-to-live, 999999999d, at most 366d"
    })
    void aValueOutOfBoundsIsRefused(String key, String value, String message) {
        assertThatThrownBy(() -> CacheSettings.of(Map.of(key, value), Path.of("")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key)
                .hasMessageContaining(message);
    }

    @Test
    void aLongValueIsShownInPart() {
        assertThatThrownBy(() -> CacheSettings.of(
                        Map.of("x".repeat(1_000_000), "", "sampled", "y".repeat(1_000_000)), Path.of("")))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600));
    }
}
