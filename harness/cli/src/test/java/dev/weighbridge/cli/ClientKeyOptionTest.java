package dev.weighbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.inference.server.ClientKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientKeyOptionTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("A_KEY", "key-of-a", "B_KEY", "key-of-b");

    @Test
    void aClientHasItsLimits() {
        List<ClientKey> keys =
                ClientKeyOption.read(List.of("a=A_KEY,rate=5,burst=10,concurrent=4", "b=B_KEY"), ENVIRONMENT::get);
        assertThat(keys).extracting(ClientKey::name).containsExactly("a", "b");
        assertThat(keys.get(0).requestsPerSecond()).isEqualTo(5.0);
        assertThat(keys.get(0).burst()).isEqualTo(10);
        assertThat(keys.get(0).concurrent()).isEqualTo(4);
        assertThat(keys.get(1).requestsPerSecond()).isNull();
        assertThat(keys.get(1).concurrent()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a | is no NAME=VALUE",
                "a=A_KEY,speed=3 | is no limit; there are rate, burst and concurrent",
                "a=A_KEY,rate=fast | fast",
                "a=A_KEY,rate=0 | must be above 0",
                "a=A_KEY,concurrent=0 | at least 1",
                "a=C_KEY | variable C_KEY, which is not set",
            })
    void whatIsMalformedIsTold(String option, String message) {
        assertThatThrownBy(() -> ClientKeyOption.read(List.of(option), ENVIRONMENT::get))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("key-of-a");
    }

    @Test
    void namesAreToldApart() {
        assertThatThrownBy(() -> ClientKeyOption.read(List.of("a=A_KEY", "a=B_KEY"), ENVIRONMENT::get))
                .hasMessageContaining("same name");
    }
}
