package dev.weighbridge.inference.tokenizer;

import dev.weighbridge.api.TokenCounter;
import java.nio.file.Path;

/** Counts tokens by a checkpoint's own {@code tokenizer.json}. */
public final class TokenizerJsonReader implements TokenCounter.Reader {
    @Override
    public TokenCounter read(Path file) {
        TextTokenizer tokenizer = TextTokenizer.read(file);
        return new TokenCounter() {
            @Override
            public int count(String text) {
                return tokenizer.encode(text, false).length;
            }

            @Override
            public void close() {
                tokenizer.close();
            }
        };
    }
}
