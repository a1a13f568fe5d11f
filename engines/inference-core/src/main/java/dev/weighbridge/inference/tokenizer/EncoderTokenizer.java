package dev.weighbridge.inference.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.EngineException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The tokens of texts and pairs of texts for a model that reads them as a whole, cut at its length as the tokenizers library cuts:
 * of a pair, the longer text loses its end first. The tokenizer is the {@code tokenizer.json} of a folder or, where there is none,
 * BERT's by its {@code vocab.txt}. A surrogate without its partner is taken as U+FFFD. Safe for use by several threads at once.
 */
public final class EncoderTokenizer implements AutoCloseable {
    /** Characters of a text that are looked at, in UTF-16 units; what is behind them is left out. */
    public static final int MOST_CHARACTERS = 1 << 20;

    private static final int CHARACTERS_BY_TOKEN = 16;
    private static final int FURTHER = 4;

    private final HuggingFaceTokenizer tokenizer;
    private final int longest;

    private EncoderTokenizer(HuggingFaceTokenizer tokenizer, int longest) {
        this.tokenizer = tokenizer;
        this.longest = longest;
    }

    /**
     * What a model reads.
     *
     * @param tokens with the special ones around them
     * @param types 1 for each token of a pair's second text, else 0; of a model that knows no types, all 0
     */
    public record Encoded(long[] tokens, long[] types) {}

    /**
     * Reads the tokenizer of a folder.
     *
     * @param longest tokens that the model reads, the special ones among them
     * @throws EngineException of category BAD_MODEL when there is none or it is damaged, UNAVAILABLE when the native library
     *     cannot be loaded
     */
    public static EncoderTokenizer read(Path folder, int longest) {
        Path file = folder.resolve("tokenizer.json");
        Path vocabulary = folder.resolve("vocab.txt");
        if (!Files.exists(file) && !Files.exists(vocabulary)) {
            throw TextTokenizer.bad(folder + " has neither tokenizer.json nor vocab.txt. Download it whole.", null);
        }
        Path source = Files.exists(file) ? file : vocabulary;
        try {
            TextTokenizer.requireSize(source);
            JsonNode json = source.equals(file)
                    ? new ObjectMapper().readTree(file.toFile())
                    : BertVocabulary.tokenizer(vocabulary, folder.resolve("tokenizer_config.json"));
            TokenizerCheck.check(json);
            if (!(json instanceof ObjectNode own)) {
                throw new IllegalArgumentException("it is no JSON object");
            }
            // Those of whoever saved the file; ours take their place.
            byte[] bytes = new ObjectMapper()
                    .writeValueAsBytes(own.putNull("truncation").putNull("padding"));
            HuggingFaceTokenizer opened = TextTokenizer.open(
                    options -> HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), options),
                    options(longest));
            return new EncoderTokenizer(opened, longest);
        } catch (EngineException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw TextTokenizer.bad(
                    source + " is not a tokenizer that can be read: " + e.getMessage() + ". Download it again.", e);
        }
    }

    private static Map<String, String> options(int longest) {
        return Map.of(
                "truncation",
                "longest_first",
                "maxLength",
                Integer.toString(longest),
                "padding",
                "false",
                "addSpecialTokens",
                "true");
    }

    /** The tokens of a text, of its beginning where it is too long. */
    public Encoded encode(String text) {
        return encoded(tokenizer.encode(enough(text), true, false));
    }

    /** Whether a text is not too long. */
    public boolean fits(String text) {
        return text.length() <= MOST_CHARACTERS
                && !tokenizer.encode(enough(text), true, false).exceedMaxLength();
    }

    /** The tokens of a pair, of their beginnings where they are too long. */
    public Encoded encodePair(String first, String second) {
        return encoded(tokenizer.encode(enough(first), enough(second), true, false));
    }

    /**
     * The tokens of a whole text in windows, one behind the other.
     *
     * @param most windows
     * @throws EngineException of category BAD_REQUEST when there are more
     */
    public List<Encoded> windows(String text, int most) {
        boolean bounded = text.length() <= MOST_CHARACTERS;
        List<Encoded> windows = new ArrayList<>();
        if (bounded) {
            Encoding first = tokenizer.encode(TextTokenizer.wellFormed(text), true, true);
            windows.add(encoded(first));
            for (Encoding next : first.getOverflowing()) {
                windows.add(encoded(next));
            }
        }
        if (!bounded || windows.size() > most) {
            throw new EngineException(
                    EngineException.Category.BAD_REQUEST,
                    "a text of " + text.length() + " characters has more than " + most + " windows of " + longest
                            + " tokens, which are as many as are read");
        }
        return windows;
    }

    private static Encoded encoded(Encoding encoding) {
        return new Encoded(encoding.getIds(), encoding.getTypeIds());
    }

    /** A beginning with more tokens than the model reads, up to white space, where no tokenizer of words looks across; or all. */
    private String enough(String text) {
        int all = Math.min(text.length(), MOST_CHARACTERS);
        for (int most = longest * CHARACTERS_BY_TOKEN; most < all; most *= FURTHER) {
            int end = most;
            while (end > 0 && !Character.isWhitespace(text.charAt(end))) {
                end--;
            }
            String beginning = TextTokenizer.wellFormed(text.substring(0, end));
            if (tokenizer.encode(beginning, true, false).exceedMaxLength()) {
                return beginning;
            }
        }
        boolean parted = all < text.length() && Character.isHighSurrogate(text.charAt(all - 1));
        return TextTokenizer.wellFormed(text.substring(0, parted ? all - 1 : all));
    }

    /** Frees the native tokenizer; to be called when no call is in it. */
    @Override
    public void close() {
        tokenizer.close();
    }
}
