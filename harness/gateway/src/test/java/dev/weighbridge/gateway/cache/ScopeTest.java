package dev.weighbridge.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScopeTest {
    private static Map<String, Object> request() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("model", "m");
        fields.put("temperature", 0);
        fields.put("max_tokens", 16);
        fields.put("stop", List.of("a", "b"));
        fields.put("system", "Be brief.");
        fields.put("tools", Map.of("x", true));
        return fields;
    }

    @Test
    void anyOtherFieldMakesAnotherScope() {
        Set<Scope> scopes = new HashSet<>();
        scopes.add(Scope.of("key", request()));
        scopes.add(Scope.of("key2", request()));
        for (String key : request().keySet()) {
            for (Object other : new Object[] {
                "m2", 0.7, 17, true, false, List.of("a", "c"), List.of("ab"), Map.of(), "\ud800", "\ud801", "?", "17"
            }) {
                Map<String, Object> changed = request();
                changed.put(key, other);
                assertThat(scopes.add(Scope.of("key", changed)))
                        .as(key + " " + other)
                        .isTrue();
            }
            Map<String, Object> absent = request();
            absent.remove(key);
            assertThat(scopes.add(Scope.of("key", absent))).as("without " + key).isTrue();
            absent.put(key, null);
            assertThat(scopes.add(Scope.of("key", absent))).as("null " + key).isTrue();
        }
    }

    @Test
    void textsCannotFlowFromOneFieldIntoAnother() {
        assertThat(Scope.of("a", Map.of("b", "c"))).isNotEqualTo(Scope.of("ab", Map.of("", "c")));
        assertThat(Scope.of("", Map.of("a", "bc"))).isNotEqualTo(Scope.of("", Map.of("ab", "c")));
        assertThat(Scope.of("", Map.of("a", List.of(List.of("b"), "c"))))
                .isNotEqualTo(Scope.of("", Map.of("a", List.of(List.of("b", "c")))));
        assertThat(Scope.of("", Map.of("a", List.of("b", List.of("c")))))
                .isNotEqualTo(Scope.of("", Map.of("a", List.of("b", "c"))));
    }

    @Test
    void theOrderOfFieldsAndTheWayANumberIsWrittenDoNotMatter() {
        Map<String, Object> other = new LinkedHashMap<>();
        new ArrayList<>(request().keySet())
                .stream()
                        .sorted((a, b) -> b.compareTo(a))
                        .forEach(key -> other.put(key, request().get(key)));
        other.put("temperature", -0.0);
        other.put("max_tokens", new BigDecimal("16.00"));
        assertThat(Scope.of("key", other))
                .isEqualTo(Scope.of("key", request()))
                .hasSameHashCodeAs(Scope.of("key", request()));
    }

    @Test
    void onlyATemperatureOfZeroMeansNoSampling() {
        assertThat(Scope.of("", Map.of("temperature", 0.0)).sampled()).isFalse();
        assertThat(Scope.of("", Map.of("temperature", 1e-9)).sampled()).isTrue();
        assertThat(Scope.of("", Map.of("temperature", "0")).sampled()).isTrue();
        assertThat(Scope.of("", Map.of()).sampled()).isTrue();
    }

    @Test
    void numbersFarBeyondAllUseTakeNoTime() {
        assertThat(Scope.of("", Map.of("seed", new BigDecimal("1e999999999"))))
                .isNotEqualTo(Scope.of("", Map.of("seed", Double.NaN)));
    }

    @Test
    void theKeyIsNotShown() {
        assertThat(Scope.of("sk-secret", request()).toString()).isEqualTo("Scope[greedy]");
    }

    @Test
    void whatNoRequestHasIsRefused() {
        Object nested = "x";
        for (int i = 0; i < 100_000; i++) {
            nested = List.of(nested);
        }
        Object deep = nested;
        assertThatThrownBy(() -> Scope.of("", Map.of("a", deep))).hasMessageContaining("more than 64 deep");
        assertThatThrownBy(() -> Scope.of("", Map.of("a", new Object()))).hasMessageContaining("java.lang.Object");
    }
}
