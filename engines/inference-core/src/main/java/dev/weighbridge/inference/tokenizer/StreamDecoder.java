package dev.weighbridge.inference.tokenizer;

/** Turns the tokens of one answer into text as they come; holds back bytes of unfinished characters. */
public interface StreamDecoder {
    /** Adds a token and returns the text that is certain now; may be empty. */
    String push(int token);

    /** Returns what is still held back, with U+FFFD for unfinished characters. */
    String finish();
}
