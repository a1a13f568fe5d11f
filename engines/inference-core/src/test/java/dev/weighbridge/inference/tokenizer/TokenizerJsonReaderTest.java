package dev.weighbridge.inference.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.TokenCounter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerJsonReaderTest {
    private static final Path MODEL = Path.of("..", "..", "datasets", "models", "weighbridge-demo");
    private static final String TEXT = "12 + 30 = 42, as the story says.\n";

    @Test
    void countsTheTokensOfATextAloneByFolderOrFile() {
        int tokens;
        try (TextTokenizer tokenizer = TextTokenizer.read(MODEL)) {
            tokens = tokenizer.encode(TEXT, false).length;
            assertThat(tokens).isGreaterThan(5).isLessThan(TEXT.length() + 1);
        }
        try (TokenCounter folder = TokenCounter.read(MODEL);
                TokenCounter file = TokenCounter.read(MODEL.resolve("tokenizer.json"))) {
            assertThat(folder.count(TEXT)).isEqualTo(tokens);
            assertThat(file.count(TEXT)).isEqualTo(tokens);
            assertThat(file.count("")).as("no beginning, no end").isZero();
        }
    }

    @Test
    void aMissingTokenizerIsNamed(@TempDir Path empty) {
        assertThatThrownBy(() -> TokenCounter.read(empty))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(empty.resolve("tokenizer.json").toString());
    }
}
