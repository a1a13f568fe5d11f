package dev.weighbridge.inference.tokenizer;

/** Decodes byte-level tokens; text ends where the last whole UTF-8 character does. */
final class ByteStreamDecoder implements StreamDecoder {
    private static final int MOST_BYTES = 4;

    private final ByteLevelVocabulary vocabulary;
    private final Utf8Stream characters = new Utf8Stream(false);

    /**
     * @param before the tokens that the decoded ones follow
     */
    ByteStreamDecoder(ByteLevelVocabulary vocabulary, int[] before) {
        this.vocabulary = vocabulary;
        int from = before.length;
        // Only a character that is not yet whole matters, and it is within the last few bytes.
        for (int bytes = 0; from > 0 && bytes < MOST_BYTES; from--) {
            bytes += vocabulary.bytes(before[from - 1]).length;
        }
        for (; from < before.length; from++) {
            push(before[from]);
        }
    }

    @Override
    public String push(int token) {
        byte[] bytes = vocabulary.bytes(token);
        StringBuilder text = new StringBuilder(bytes.length);
        for (byte value : bytes) {
            characters.push(value, text);
        }
        return text.toString();
    }

    @Override
    public String finish() {
        StringBuilder text = new StringBuilder();
        characters.finish(text);
        return text.toString();
    }
}
