package dev.weighbridge.inference.shape;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A byte-level BPE tokenizer without merges, so that a prompt has a token a byte. The rest of the vocabulary are made-up words:
 * whatever id a model of random weights answers has a text, which is streamed as soon as the token is there. A tokenizer that
 * ended at its bytes would give most answers no text at all, and a client no first token.
 */
final class ByteTokenizer {
    /** Ends an answer; comes after the bytes. */
    static final int END = 256;

    static final String END_TEXT = "<|endoftext|>";

    /** Ids that every tokenizer of this kind has. */
    static final int LEAST_VOCABULARY = END + 1;

    private static final String CONSONANTS = "bdfghklmnprstvz";
    private static final String VOWELS = "aeiou";
    private static final int SYLLABLES = CONSONANTS.length() * VOWELS.length();

    /** GPT-2's stand-in for a space. */
    private static final char SPACE = '\u0120';

    private ByteTokenizer() {}

    /** Of so many ids, each with a text of its own. */
    static ObjectNode of(int vocabularySize) {
        if (vocabularySize < LEAST_VOCABULARY
                || vocabularySize - LEAST_VOCABULARY > SYLLABLES * SYLLABLES * SYLLABLES) {
            throw new IllegalArgumentException("no tokenizer of " + vocabularySize + " ids");
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("version", "1.0");
        json.putNull("truncation").putNull("padding");
        json.putArray("added_tokens")
                .addObject()
                .put("id", END)
                .put("content", END_TEXT)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
        json.putNull("normalizer");
        byteLevel(json.putObject("pre_tokenizer"));
        json.putNull("post_processor");
        byteLevel(json.putObject("decoder"));
        ObjectNode model = json.putObject("model").put("type", "BPE");
        model.putNull("dropout").putNull("unk_token");
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        vocabulary(model.putObject("vocab"), vocabularySize);
        model.putArray("merges");
        return json;
    }

    private static void byteLevel(ObjectNode step) {
        step.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true);
        step.put("use_regex", false);
    }

    private static void vocabulary(ObjectNode vocabulary, int size) {
        int next = 256;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xac) || value >= 0xae;
            vocabulary.put(String.valueOf((char) (printable ? value : next++)), value);
        }
        vocabulary.put(END_TEXT, END);
        for (int id = LEAST_VOCABULARY; id < size; id++) {
            vocabulary.put(SPACE + word(id - LEAST_VOCABULARY), id);
        }
    }

    private static String word(int number) {
        StringBuilder word = new StringBuilder();
        for (int place = SYLLABLES * SYLLABLES; place > 0; place /= SYLLABLES) {
            int syllable = number / place % SYLLABLES;
            word.append(CONSONANTS.charAt(syllable / VOWELS.length()))
                    .append(VOWELS.charAt(syllable % VOWELS.length()));
        }
        return word.toString();
    }
}
