package dev.weighbridge.microbench.paced;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionCallTest {
    private static CompletionCall parse(String body) {
        return CompletionCall.parse(body.getBytes(UTF_8));
    }

    @Test
    void theLoadGeneratorsRequestIsUnderstood() {
        assertThat(parse("{\"model\": \"paced-400\", \"prompt\": \"A question\", \"max_tokens\": 4, \"temperature\": 0,"
                        + " \"stream\": true, \"min_tokens\": 4, \"ignore_eos\": true,"
                        + " \"stream_options\": {\"include_usage\": true}}"))
                .isEqualTo(new CompletionCall(3, 4, true));
    }

    @Test
    void whatIsLeftOutHasTheDefaultsOfTheApi() {
        assertThat(parse("{\"prompt\": \"\", \"stream\": true}")).isEqualTo(new CompletionCall(1, 16, false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{                                             | not JSON",
                "{}                                            | prompt must be a string",
                "{\"prompt\": [1], \"stream\": true}           | prompt must be a string, got: ARRAY",
                "{\"prompt\": \"a\"}                           | only streams",
                "{\"prompt\": \"a\", \"stream\": true, \"max_tokens\": 0}    | got: 0",
                "{\"prompt\": \"a\", \"stream\": true, \"max_tokens\": 5000} | between 1 and 4096, got: 5000",
                "{\"prompt\": \"a\", \"stream\": true, \"max_tokens\": \"x\"} | got: \"x\""
            })
    void whatIsNotDoneIsRefusedWithItsReason(String body, String reason) {
        assertThatThrownBy(() -> parse(body))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
