package dev.weighbridge.load.openai;

import java.util.Arrays;

/**
 * One pass over the JSON of a completion chunk that finds out what it is for without building anything. Only keys at
 * their own place count: text that merely looks like a key inside a generated string does not.
 */
final class ChunkJson {
    /** The chunk carries non-empty output: {@code text}, {@code content} or reasoning. */
    static final int OUTPUT = 1;
    /** The chunk carries a {@code usage} object. */
    static final int USAGE = 2;
    /** The chunk carries an {@code error} that is not null. */
    static final int ERROR = 4;
    /** The bytes are not one balanced JSON object; a real parser has the last word. */
    static final int DOUBTFUL = 8;
    /** A choice carries a non-empty {@code finish_reason}. */
    static final int FINISH = 16;

    private static final byte[] KEY_TEXT = {'t', 'e', 'x', 't'};
    private static final byte[] KEY_CONTENT = {'c', 'o', 'n', 't', 'e', 'n', 't'};
    private static final byte[] KEY_REASONING = {'r', 'e', 'a', 's', 'o', 'n', 'i', 'n', 'g'};
    private static final byte[] KEY_REASONING_CONTENT = {
        'r', 'e', 'a', 's', 'o', 'n', 'i', 'n', 'g', '_', 'c', 'o', 'n', 't', 'e', 'n', 't'
    };
    private static final byte[] KEY_FINISH = {'f', 'i', 'n', 'i', 's', 'h', '_', 'r', 'e', 'a', 's', 'o', 'n'};
    private static final byte[] KEY_USAGE = {'u', 's', 'a', 'g', 'e'};
    private static final byte[] KEY_ERROR = {'e', 'r', 'r', 'o', 'r'};

    /** Where a choice's own keys stand: object, {@code choices} array, object. Those of output may stand deeper. */
    private static final int CHOICE_DEPTH = 3;

    private ChunkJson() {}

    /** The flags that hold for the given bytes, or-ed together. */
    static int inspect(byte[] json, int offset, int length) {
        int end = offset + length;
        int i = skipSpace(json, offset, end);
        if (i == end || json[i] != '{') {
            return DOUBTFUL;
        }
        int flags = 0;
        int depth = 0;
        while (i < end) {
            byte b = json[i];
            if (b == '"') {
                int close = closingQuote(json, i + 1, end);
                if (close == end) {
                    return flags | DOUBTFUL;
                }
                int after = skipSpace(json, close + 1, end);
                if (after < end && json[after] == ':') {
                    int value = skipSpace(json, after + 1, end);
                    flags |= keyFlags(json, i + 1, close, value, end, depth);
                    i = value;
                } else {
                    i = after;
                }
                continue;
            }
            if (b == '{' || b == '[') {
                depth++;
            } else if (b == '}' || b == ']') {
                depth--;
                if (depth == 0) {
                    return skipSpace(json, i + 1, end) == end ? flags : flags | DOUBTFUL;
                }
            }
            i++;
        }
        return flags | DOUBTFUL;
    }

    private static int keyFlags(byte[] json, int start, int close, int value, int end, int depth) {
        if (value == end) {
            return DOUBTFUL;
        }
        byte first = json[value];
        if (depth == 1) {
            if (first == '{' && is(KEY_USAGE, json, start, close)) {
                return USAGE;
            }
            return first != 'n' && is(KEY_ERROR, json, start, close) ? ERROR : 0;
        }
        boolean filled = first == '"' && value + 1 < end && json[value + 1] != '"';
        if (!filled || depth < CHOICE_DEPTH) {
            return 0;
        }
        if (isOutputKey(json, start, close)) {
            return OUTPUT;
        }
        return depth == CHOICE_DEPTH && is(KEY_FINISH, json, start, close) ? FINISH : 0;
    }

    private static boolean isOutputKey(byte[] json, int start, int close) {
        return is(KEY_TEXT, json, start, close)
                || is(KEY_CONTENT, json, start, close)
                || is(KEY_REASONING_CONTENT, json, start, close)
                || is(KEY_REASONING, json, start, close);
    }

    private static boolean is(byte[] key, byte[] json, int start, int close) {
        return key.length == close - start && Arrays.equals(key, 0, key.length, json, start, close);
    }

    private static int closingQuote(byte[] json, int from, int end) {
        int i = from;
        while (i < end && json[i] != '"') {
            i += json[i] == '\\' ? 2 : 1;
        }
        return Math.min(i, end);
    }

    private static int skipSpace(byte[] json, int from, int end) {
        int i = from;
        while (i < end && (json[i] == ' ' || json[i] == '\n' || json[i] == '\r' || json[i] == '\t')) {
            i++;
        }
        return i;
    }
}
