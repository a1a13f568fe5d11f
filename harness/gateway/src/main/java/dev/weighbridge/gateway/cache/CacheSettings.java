package dev.weighbridge.gateway.cache;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a semantic cache does.
 *
 * @param threshold least cosine similarity of a hit, above 0, at most 1
 * @param embedding of prompts
 * @param maxEntries held at a time, of all scopes together
 * @param maxBytes held at a time, of all scopes together, as {@link SemanticCache} counts them
 * @param maxPromptCharacters of a prompt, in UTF-16 units; longer ones are neither looked up nor held
 * @param maxAnswerCharacters of an answer, in UTF-16 units; longer ones are not held
 * @param timeToLive after which an entry is gone, counted from when its answer was put
 * @param sampled whether requests that ask for sampling may be answered from the cache
 */
public record CacheSettings(
        double threshold,
        Embedding embedding,
        int maxEntries,
        long maxBytes,
        int maxPromptCharacters,
        int maxAnswerCharacters,
        Duration timeToLive,
        Sampled sampled) {
    /** Least similarity of a hit that {@code EmbeddingMeasurement} speaks for. */
    public static final double STANDARD_THRESHOLD = 0.9;

    private static final int MOST_ENTRIES = 10_000_000;
    private static final long MOST_BYTES = 1L << 40;
    private static final int MOST_PROMPT = 1 << 20;
    private static final int MOST_ANSWER = 1 << 26;
    private static final int MOST_SHOWN = 60;
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");

    /** What becomes of requests whose answers are drawn at random. */
    public enum Sampled {
        /** They always reach the model: whoever samples wants a new answer each time. */
        NEVER,
        /** They are answered as others are, the first answer again and again. */
        ALWAYS
    }

    public CacheSettings {
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold must be above 0 and at most 1, got: " + threshold);
        }
        within("max-entries", maxEntries, 1, MOST_ENTRIES);
        within("max-bytes", maxBytes, 1, MOST_BYTES);
        within("max-prompt-characters", maxPromptCharacters, 1, MOST_PROMPT);
        within("max-answer-characters", maxAnswerCharacters, 1, MOST_ANSWER);
        if (timeToLive.isNegative() || timeToLive.isZero() || timeToLive.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "time-to-live must be longer than 0 and at most " + LONGEST.toDays() + "d, got: " + timeToLive);
        }
    }

    /** With no setting given. */
    public static CacheSettings standard() {
        return of(Map.of(), Path.of(""));
    }

    /**
     * Reads settings strictly: {@code threshold}, {@code embedding} ({@value HashedNgrams#NAME}, or the folder of a model of
     * sentences), and of {@value HashedNgrams#NAME} alone {@code dimensions} and {@code weights} (a mapping of {@code words}, {@code pairs}, {@code characters}, {@code numbers}, {@code negations},
     * {@code names}), {@code max-entries}, {@code max-bytes}, {@code max-prompt-characters}, {@code max-answer-characters},
     * {@code time-to-live} (such as {@code 30s}, {@code 15m}, {@code 1h}), {@code sampled} ({@code never}, {@code always}).
     *
     * @param folder that the folder of a model is relative to
     * @throws IllegalArgumentException that tells all keys which are unknown and all values that cannot be read
     */
    public static CacheSettings of(Map<String, ?> entries, Path folder) {
        List<String> problems = new ArrayList<>();
        Fields fields = new Fields("", entries, problems);
        double threshold = fields.number("threshold", STANDARD_THRESHOLD);
        String embedding = fields.text("embedding", HashedNgrams.NAME);
        if (!embedding.equals(HashedNgrams.NAME)) {
            for (String key : List.of("dimensions", "weights")) {
                if (entries.containsKey(key)) {
                    problems.add(key + " is of embedding " + HashedNgrams.NAME + " alone");
                }
            }
        }
        long dimensions = fields.whole("dimensions", HashedNgrams.STANDARD_DIMENSIONS, HashedNgrams.MOST_DIMENSIONS);
        Fields weights = fields.mapping("weights");
        HashedNgrams.Weights standard = HashedNgrams.Weights.STANDARD;
        double words = weights.number("words", standard.words());
        double pairs = weights.number("pairs", standard.pairs());
        double characters = weights.number("characters", standard.characters());
        double numbers = weights.number("numbers", standard.numbers());
        double negations = weights.number("negations", standard.negations());
        double names = weights.number("names", standard.names());
        long maxEntries = fields.whole("max-entries", 10_000, MOST_ENTRIES);
        long maxBytes = fields.whole("max-bytes", 256L << 20, MOST_BYTES);
        long maxPrompt = fields.whole("max-prompt-characters", 8_192, MOST_PROMPT);
        long maxAnswer = fields.whole("max-answer-characters", 65_536, MOST_ANSWER);
        Duration timeToLive = fields.duration("time-to-live", Duration.ofHours(1));
        String sampled = fields.choice("sampled", "never", List.of("never", "always"));
        weights.end();
        fields.end();
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("cache: " + String.join("; ", problems));
        }
        return new CacheSettings(
                threshold,
                embedding.equals(HashedNgrams.NAME)
                        ? new HashedNgrams(
                                (int) dimensions,
                                new HashedNgrams.Weights(words, pairs, characters, numbers, negations, names))
                        : sentences(embedding, folder),
                (int) maxEntries,
                maxBytes,
                (int) maxPrompt,
                (int) maxAnswer,
                timeToLive,
                Sampled.valueOf(sampled.toUpperCase(Locale.ROOT)));
    }

    private static Embedding sentences(String name, Path folder) {
        try {
            return SentenceEmbedding.of(folder.resolve(name));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cache: embedding must be " + HashedNgrams.NAME + " or the folder of a model of sentences: "
                            + e.getMessage(),
                    e);
        }
    }

    private static void within(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be between " + least + " and " + most + ", got: " + value);
        }
    }

    /** A mapping while it is read: what nobody asked for at the end is unknown. */
    private static final class Fields {
        private final String place;
        private final Map<String, ?> entries;
        private final List<String> problems;
        private final List<String> known = new ArrayList<>();

        Fields(String place, Map<String, ?> entries, List<String> problems) {
            this.place = place;
            this.entries = entries;
            this.problems = problems;
        }

        double number(String key, double standard) {
            if (!has(key)) {
                return standard;
            }
            try {
                return Double.parseDouble(text(key));
            } catch (NumberFormatException e) {
                problem(key, "must be a number, got: " + shown(key));
                return standard;
            }
        }

        long whole(String key, long standard, long most) {
            if (!has(key)) {
                return standard;
            }
            String text = text(key);
            if (text.matches("-?\\d{1,18}")) {
                long value = Long.parseLong(text);
                if (value >= 1 && value <= most) {
                    return value;
                }
            }
            problem(key, "must be a whole number between 1 and " + most + ", got: " + shown(key));
            return standard;
        }

        Duration duration(String key, Duration standard) {
            if (!has(key)) {
                return standard;
            }
            Matcher matcher = DURATION.matcher(text(key));
            if (!matcher.matches()) {
                problem(key, "must be a time such as 30s, 15m or 1h, got: " + shown(key));
                return standard;
            }
            long count = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
            };
        }

        String text(String key, String standard) {
            return has(key) ? text(key) : standard;
        }

        String choice(String key, String standard, List<String> choices) {
            if (!has(key)) {
                return standard;
            }
            String text = text(key);
            if (!choices.contains(text)) {
                problem(key, "must be one of " + String.join(", ", choices) + ", got: " + shown(key));
                return standard;
            }
            return text;
        }

        Fields mapping(String key) {
            if (!has(key)) {
                return new Fields(key + ".", Map.of(), problems);
            }
            if (entries.get(key) instanceof Map<?, ?> map) {
                Map<String, Object> nested = new LinkedHashMap<>();
                map.forEach((name, value) -> nested.put(String.valueOf(name), value));
                return new Fields(key + ".", nested, problems);
            }
            problem(key, "must be a mapping of keys to values, got: " + shown(key));
            return new Fields(key + ".", Map.of(), problems);
        }

        void end() {
            entries.keySet().stream()
                    .filter(key -> !known.contains(key))
                    .forEach(key -> problem(shortened(key), "is unknown. Known are: " + String.join(", ", known)));
        }

        private boolean has(String key) {
            known.add(key);
            return entries.containsKey(key);
        }

        private String text(String key) {
            return String.valueOf(entries.get(key)).strip();
        }

        private String shown(String key) {
            return shortened(String.valueOf(entries.get(key)));
        }

        private void problem(String key, String text) {
            problems.add(place + key + " " + text);
        }

        private static String shortened(String text) {
            return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…";
        }
    }
}
