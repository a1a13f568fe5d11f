package dev.weighbridge.core.run;

import dev.weighbridge.api.TokenCounter;
import dev.weighbridge.core.study.EngineChoice;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The tokenizers that a study counts answers with, each read once. */
final class Tokenizers implements AutoCloseable {
    private final Map<Path, TokenCounter> open = new HashMap<>();

    /**
     * The tokenizer of an engine; empty where the study names none.
     *
     * @throws dev.weighbridge.api.EngineException when it cannot be read
     */
    Optional<TokenCounter> of(EngineChoice engine) {
        return engine.tokenizer().map(file -> open.computeIfAbsent(file, TokenCounter::read));
    }

    @Override
    public void close() {
        open.values().forEach(TokenCounter::close);
        open.clear();
    }
}
