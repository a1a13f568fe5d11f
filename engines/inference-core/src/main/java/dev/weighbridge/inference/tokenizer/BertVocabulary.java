package dev.weighbridge.inference.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * BERT's tokenizer from its {@code vocab.txt}, a token a line by id, as the {@code tokenizer.json} that Hugging Face's library would
 * write for it: text cleaned, Chinese characters apart, small letters and accents as {@code tokenizer_config.json} says (small and
 * without where it does not), WordPiece with {@code ##}.
 */
final class BertVocabulary {
    private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    private static final int LONGEST_WORD = 100;

    private BertVocabulary() {}

    /**
     * Reads a vocabulary.
     *
     * @param config that need not exist
     * @throws IllegalArgumentException when the vocabulary lacks a special token that every text needs
     */
    static JsonNode tokenizer(Path vocabulary, Path config) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode said = Files.exists(config) ? mapper.readTree(config.toFile()) : mapper.createObjectNode();
        ObjectNode root = mapper.createObjectNode().put("version", "1.0");
        ObjectNode model = mapper.createObjectNode()
                .put("type", "WordPiece")
                .put("unk_token", "[UNK]")
                .put("continuing_subword_prefix", "##")
                .put("max_input_chars_per_word", LONGEST_WORD);
        ObjectNode tokens = model.putObject("vocab");
        List<String> lines = Files.readAllLines(vocabulary);
        for (int id = 0; id < lines.size(); id++) {
            tokens.put(lines.get(id), id);
        }
        var added = root.putArray("added_tokens");
        for (String token : SPECIAL) {
            if (tokens.has(token)) {
                added.addObject()
                        .put("id", tokens.path(token).asInt())
                        .put("content", token)
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", true);
            }
        }
        ObjectNode normalizer = root.putObject("normalizer")
                .put("type", "BertNormalizer")
                .put("clean_text", true)
                .put("handle_chinese_chars", said.path("tokenize_chinese_chars").asBoolean(true))
                .put("lowercase", said.path("do_lower_case").asBoolean(true));
        normalizer.set("strip_accents", said.path("strip_accents").isBoolean() ? said.path("strip_accents") : null);
        root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        ObjectNode processor = root.putObject("post_processor").put("type", "BertProcessing");
        processor.putArray("sep").add("[SEP]").add(id(tokens, "[SEP]"));
        processor.putArray("cls").add("[CLS]").add(id(tokens, "[CLS]"));
        id(tokens, "[UNK]");
        root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
        root.set("model", model);
        return root;
    }

    private static int id(JsonNode tokens, String token) {
        if (!tokens.has(token)) {
            throw new IllegalArgumentException("the vocabulary has no token " + token + " on a line of its own");
        }
        return tokens.path(token).asInt();
    }
}
