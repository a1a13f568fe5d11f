package dev.weighbridge.inference.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;

/**
 * Looks for what the native tokenizer does not expect in a {@code tokenizer.json}: it ends the whole process where it should
 * have refused the file (seen with tokenizers 0.21 and 0.22).
 */
final class TokenizerCheck {
    private TokenizerCheck() {}

    /**
     * Checks a file.
     *
     * @throws IllegalArgumentException that says what is wrong
     */
    static void check(JsonNode tokenizer) {
        template(tokenizer.path("post_processor"));
    }

    /** A template must list every special token that it places, by itself or among the processors of a sequence. */
    private static void template(JsonNode processor) {
        processor.path("processors").forEach(TokenizerCheck::template);
        if (!processor.path("type").asText().equals("TemplateProcessing")) {
            return;
        }
        Set<String> listed = new HashSet<>();
        processor.path("special_tokens").fieldNames().forEachRemaining(listed::add);
        for (String kind : new String[] {"single", "pair"}) {
            for (JsonNode piece : processor.path(kind)) {
                String id = piece.path("SpecialToken").path("id").asText();
                if (piece.has("SpecialToken") && !listed.contains(id)) {
                    throw new IllegalArgumentException("its template places the special token '" + shown(id)
                            + "', which special_tokens does not list");
                }
            }
        }
    }

    private static String shown(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
