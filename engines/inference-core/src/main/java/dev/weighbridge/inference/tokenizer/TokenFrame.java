package dev.weighbridge.inference.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that a tokenizer puts before and after every text. A text that begins with the former, as rendered chats do, gets
 * neither.
 */
final class TokenFrame {
    private static final String SAMPLE = "a";

    private final int[] before;
    private final int[] after;
    private final String beginning;

    private TokenFrame(int[] before, int[] after, String beginning) {
        this.before = before;
        this.after = after;
        this.beginning = beginning;
    }

    /** The frame of a tokenizer, as seen around a sample text. */
    static TokenFrame of(HuggingFaceTokenizer tokenizer, JsonNode json) {
        List<Integer> bare = list(tokenizer.encode(SAMPLE, false, false));
        List<Integer> framed = list(tokenizer.encode(SAMPLE, true, false));
        int at = Collections.indexOfSubList(framed, bare);
        if (at < 0) {
            throw new IllegalArgumentException("it changes the tokens of a text that it adds special tokens to");
        }
        int[] before = ints(framed.subList(0, at));
        int[] after = ints(framed.subList(at + bare.size(), framed.size()));
        return new TokenFrame(before, after, before.length == 0 ? "" : content(json, before[0]));
    }

    /** The tokens of a text that was encoded without special tokens, with the frame unless the text has it. */
    PlacedTokens around(String text, Encoding encoding) {
        int[] body = TextTokenizer.ids(encoding.getIds());
        int length = text.codePointCount(0, text.length());
        boolean begun = begins(text, body);
        int from = begun ? 0 : before.length;
        int size = begun ? body.length : before.length + body.length + after.length;
        int[] tokens = new int[size];
        int[] offsets = new int[size];
        if (!begun) {
            System.arraycopy(before, 0, tokens, 0, before.length);
            System.arraycopy(after, 0, tokens, from + body.length, after.length);
            Arrays.fill(offsets, from + body.length, size, length);
        }
        System.arraycopy(body, 0, tokens, from, body.length);
        @Nullable CharSpan[] spans = encoding.getCharTokenSpans();
        int offset = 0;
        int end = 0;
        for (int i = 0; i < body.length; i++) {
            CharSpan span = spans[i];
            // A span may leave out white space before it, or lie within a character that the token before it shares.
            offset = Math.max(offset, span == null ? end : Math.min(span.getStart(), end));
            end = Math.max(end, span == null ? end : span.getEnd());
            offsets[from + i] = offset;
        }
        return new PlacedTokens(tokens, offsets);
    }

    /** By tokens, since a decoder may spell a special token in another way, and by text, since white space may precede it. */
    private boolean begins(String text, int[] body) {
        return before.length > 0
                && (Arrays.equals(before, Arrays.copyOf(body, Math.min(before.length, body.length)))
                        || (!beginning.isEmpty() && text.stripLeading().startsWith(beginning)));
    }

    private static String content(JsonNode json, int id) {
        for (JsonNode added : json.path("added_tokens")) {
            if (added.path("id").asInt(-1) == id) {
                return added.path("content").asText();
            }
        }
        return "";
    }

    private static List<Integer> list(Encoding encoding) {
        return Arrays.stream(TextTokenizer.ids(encoding.getIds())).boxed().toList();
    }

    private static int[] ints(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
