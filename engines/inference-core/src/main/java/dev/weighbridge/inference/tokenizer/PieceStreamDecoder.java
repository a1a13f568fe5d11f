package dev.weighbridge.inference.tokenizer;

/** Decodes tokens of which each has its own text; bytes that tokens stand for are given out as whole characters. */
final class PieceStreamDecoder implements StreamDecoder {
    private final PieceVocabulary vocabulary;
    private final Utf8Stream characters = new Utf8Stream(true);
    private boolean begun;

    /**
     * @param before the tokens that the decoded ones follow
     */
    PieceStreamDecoder(PieceVocabulary vocabulary, int[] before) {
        this.vocabulary = vocabulary;
        int from = before.length;
        while (from > 0 && (vocabulary.silent(before[from - 1]) || vocabulary.byteValue(before[from - 1]) >= 0)) {
            from--;
        }
        begun = from > 0;
        for (; from < before.length; from++) {
            push(before[from]);
        }
    }

    @Override
    public String push(int token) {
        if (vocabulary.silent(token)) {
            return "";
        }
        boolean first = !begun;
        begun = true;
        int value = vocabulary.byteValue(token);
        // A byte that is a character is text like any other: what is dropped at the start of a text may be one.
        if (value >= 0 && !(first && value < 0x80)) {
            StringBuilder text = new StringBuilder();
            characters.push((byte) value, text);
            return text.toString();
        }
        String rest = finish();
        String piece = first ? vocabulary.first(token) : vocabulary.next(token);
        return rest.isEmpty() ? piece : rest + piece;
    }

    @Override
    public String finish() {
        StringBuilder text = new StringBuilder();
        characters.finish(text);
        return text.toString();
    }
}
