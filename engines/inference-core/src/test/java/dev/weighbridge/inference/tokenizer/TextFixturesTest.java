package dev.weighbridge.inference.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.reference.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts of every script to tokens and back, and chats, each as Hugging Face transformers has it; scripts/reference/README.md
 * says how the values were made.
 */
class TextFixturesTest {
    private static final Path FILE = Path.of("src", "test", "resources", "text", "text.zip");
    private static final int FIRST_LETTER = 0x100;

    @TempDir
    private static Path scratch;

    private static JsonNode inputs;

    @BeforeAll
    static void unpack() throws IOException {
        inputs = read("inputs.json");
    }

    private static JsonNode read(String name) throws IOException {
        try (ZipFile file = new ZipFile(FILE.toFile())) {
            return new ObjectMapper().readTree(file.getInputStream(file.getEntry(name)));
        }
    }

    private static TextTokenizer tokenizer(String kind) throws IOException {
        Path folder = Files.createDirectories(scratch.resolve(kind));
        TinyCheckpoint.writeJson(folder.resolve("tokenizer.json"), (ObjectNode) read(kind + "/tokenizer.json"));
        return TextTokenizer.read(folder);
    }

    /** Tokens are written as characters: id i is U+0100 + i. */
    private static int[] ids(JsonNode letters) {
        return letters.asText().chars().map(letter -> letter - FIRST_LETTER).toArray();
    }

    @Test
    void textsAreManyAndOfManyKinds() {
        assertThat(inputs.path("strings").size()).isGreaterThanOrEqualTo(2000);
        long scripts = 0;
        for (Character.UnicodeScript script : Character.UnicodeScript.values()) {
            for (JsonNode text : inputs.path("strings")) {
                if (text.asText().codePoints().anyMatch(point -> Character.UnicodeScript.of(point) == script)) {
                    scripts++;
                    break;
                }
            }
        }
        assertThat(scripts).isGreaterThan(140);
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "byte-fallback", "unigram", "wordpiece"})
    void textsBecomeTheSameTokensAndTheSameTextAgain(String kind) throws IOException {
        JsonNode expected = read(kind + "/expected.json");
        List<String> differences = new ArrayList<>();
        try (TextTokenizer tokenizer = tokenizer(kind)) {
            for (int i = 0; i < inputs.path("strings").size(); i++) {
                String text = inputs.path("strings").path(i).asText();
                int[] tokens = ids(expected.path("ids").path(i));
                String decoded =
                        expected.path("decoded").path(Integer.toString(i)).asText(text);
                differ(differences, text, tokens, tokenizer.encode(text, true));
                // The beginning is not added to a text that has it.
                if (!text.stripLeading().startsWith("<s>") && !text.startsWith("[CLS]")) {
                    differ(differences, text, tokens, tokenizer.encode(text));
                }
                differ(differences, text, decoded, tokenizer.decode(tokens));
                differ(differences, text, decoded, streamed(tokenizer, tokens, 0));
                differ(differences, text, decoded, streamed(tokenizer, tokens, tokens.length / 2));
                requirePlaces(differences, text, tokenizer.encodePlaced(text));
            }
        }
        assertThat(differences).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "byte-fallback", "unigram", "wordpiece"})
    void anyTokensAreStreamedAsTransformersDecodesThem(String kind) throws IOException {
        List<String> differences = new ArrayList<>();
        int kept = 0;
        try (TextTokenizer tokenizer = tokenizer(kind)) {
            for (JsonNode sequence : read(kind + "/expected.json").path("sequences")) {
                int[] tokens = ids(sequence.path("ids"));
                // Where a run of bytes is not UTF-8 as a whole, transformers drops its characters; see PieceVocabulary.
                if (sequence.has("kept")) {
                    kept++;
                    assertThat(sequence.path("text").asText()).contains("\uFFFD");
                }
                String text =
                        sequence.path(sequence.has("kept") ? "kept" : "text").asText();
                differ(differences, sequence.toString(), text, tokenizer.decode(tokens));
                differ(differences, sequence.toString(), text, streamed(tokenizer, tokens, 0));
                differ(differences, sequence.toString(), text, streamed(tokenizer, tokens, 1));
            }
        }
        assertThat(differences).isEmpty();
        assertThat(kept > 0).isEqualTo(kind.equals("byte-fallback"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "byte-fallback"})
    void chatsAreRenderedAndBegunOnce(String kind) throws IOException {
        List<String> differences = new ArrayList<>();
        try (TextTokenizer tokenizer = tokenizer(kind)) {
            for (JsonNode chat : read(kind + "/expected.json").path("chats")) {
                ObjectNode config = new ObjectMapper()
                        .createObjectNode()
                        .put("bos_token", "<s>")
                        .put("eos_token", "</s>");
                String source = inputs.path("templates")
                        .path(chat.path("template").asText())
                        .asText();
                TinyCheckpoint.writeJson(scratch.resolve("tokenizer_config.json"), config.put("chat_template", source));
                ChatTemplate template = ChatTemplate.read(scratch);
                List<ChatMessage> messages = new ArrayList<>();
                for (JsonNode turn : inputs.path("chats").path(chat.path("chat").asInt())) {
                    messages.add(
                            new ChatMessage(turn.path(0).asText(), turn.path(1).asText()));
                }
                boolean generation = chat.path("generation").asBoolean();
                if (chat.has("refusal")) {
                    assertThatExceptionOfType(EngineException.class)
                            .isThrownBy(() -> template.render(messages, generation))
                            .withMessageContaining(chat.path("refusal").asText());
                    continue;
                }
                if (source.contains("for m in messages if")) {
                    assertThatExceptionOfType(EngineException.class)
                            .isThrownBy(() -> template.render(messages, generation))
                            .withMessageContaining("loop with a condition");
                    continue;
                }
                if (source.contains("system != false")
                        && messages.get(0).content().isEmpty()) {
                    // Known difference: for Jinjava an empty text equals false, so that an empty system message is left
                    // out.
                    assertThat(template.render(messages, generation)).doesNotContain("<<S>>");
                    continue;
                }
                String text = template.render(messages, generation);
                differ(differences, chat.toString(), chat.path("text").asText(), text);
                int[] tokens = ids(chat.path("ids"));
                if (text.startsWith("<s>")) {
                    differ(differences, chat.toString(), tokens, tokenizer.encode(text));
                } else {
                    differ(differences, chat.toString(), tokens, tokenizer.encode(text, false));
                    assertThat(tokenizer.encode(text)[0]).isEqualTo(tokenizer.encode("")[0]);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    /** The text of tokens, streamed from {@code cut} on after those before it; every piece has whole characters. */
    private static String streamed(TextTokenizer tokenizer, int[] tokens, int cut) {
        StringBuilder text = new StringBuilder();
        StreamDecoder decoder = tokenizer.streamDecoder();
        for (int i = 0; i < tokens.length; i++) {
            if (i == cut) {
                decoder = tokenizer.streamDecoder(Arrays.copyOf(tokens, cut));
            }
            String piece = decoder.push(tokens[i]);
            assertThat(piece.codePoints().noneMatch(point -> point >= 0xd800 && point < 0xe000))
                    .isTrue();
            text.append(piece);
        }
        return text.append(decoder.finish()).toString();
    }

    private static void requirePlaces(List<String> differences, String text, PlacedTokens placed) {
        int before = 0;
        int length = text.codePointCount(0, text.length());
        for (int offset : placed.offsets()) {
            if (offset < before || offset > length) {
                differences.add(text + ": offset " + offset + " after " + before + " of " + length);
            }
            before = offset;
        }
    }

    private static void differ(List<String> differences, String what, Object expected, Object actual) {
        if (!Objects.deepEquals(expected, actual)) {
            differences.add(what + ": expected " + shown(expected) + ", got " + shown(actual));
        }
    }

    private static String shown(Object value) {
        return value instanceof int[] ids ? Arrays.toString(ids) : "'" + value + "'";
    }
}
