package dev.weighbridge.inference.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weighbridge.api.Batching;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchingOptionTest {
    @ParameterizedTest
    @ValueSource(strings = {"none", "continuous:8", "static:4:20ms", "dynamic:16:5ms"})
    void whatIsWrittenIsReadBack(String text) {
        assertThat(BatchingOption.format(BatchingOption.parse(text))).isEqualTo(text);
    }

    @Test
    void sizeAndDelayAreRead() {
        assertThat(BatchingOption.parse("dynamic:16:5ms"))
                .isEqualTo(new Batching(Batching.Policy.DYNAMIC, 16, Duration.ofMillis(5)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "none:1",
                "continuous",
                "continuous:8:5ms",
                "static:8",
                "dynamic:8:5",
                "often:8",
                "static:0:1ms"
            })
    void anythingElseIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> BatchingOption.parse(text));
    }
}
