package dev.weighbridge.inference.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
    private static final String SECRET = "s3cret-of-a";

    private final AtomicLong now = new AtomicLong();
    private final Gate gate = new Gate(
            List.of(ClientKey.of("a", SECRET, 2.0, 3, null), ClientKey.of("b", "other", null, 1, 2)), now::get);

    private ApiException refused(String authorization) {
        return catchThrowableOfType(ApiException.class, () -> gate.enter(authorization));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"", "Basic b3RoZXI=", "Bearer", "Bearer ", "Bearer wrong", "Bearer s3cret-of-a1", "s3cret-of-a"})
    void withoutAKnownKeyNobodyIsLetIn(String authorization) {
        assertThat(refused(authorization).status()).isEqualTo(401);
        assertThatThrownBy(() -> gate.check(authorization)).isInstanceOf(ApiException.class);
    }

    @Test
    void theSchemeIsReadInWhateverCase() {
        gate.enter("bearer  " + SECRET + " ").run();
        gate.check("BEARER other");
    }

    @Test
    void aBucketGivesItsBurstAndThenItsRate() {
        for (int i = 0; i < 3; i++) {
            gate.enter("Bearer " + SECRET).run();
        }
        ApiException limited = refused("Bearer " + SECRET);
        assertThat(limited.status()).isEqualTo(429);
        assertThat(limited.retryAfterSeconds()).isEqualTo(1);
        assertThat(limited).hasMessage("client a may send 2.0 requests a second");

        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(499));
        assertThat(refused("Bearer " + SECRET)).isNotNull();
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        gate.enter("Bearer " + SECRET).run();
        assertThat(refused("Bearer " + SECRET)).isNotNull();
        now.addAndGet(TimeUnit.HOURS.toNanos(1));
        for (int i = 0; i < 3; i++) {
            gate.enter("Bearer " + SECRET).run();
        }
        assertThat(refused("Bearer " + SECRET)).isNotNull();
    }

    @Test
    void theWaitIsToldWhereItIsLong() {
        Gate slow = new Gate(List.of(ClientKey.of("slow", "k", 0.1, 1, null)), now::get);
        slow.enter("Bearer k").run();
        assertThat(catchThrowableOfType(ApiException.class, () -> slow.enter("Bearer k"))
                        .retryAfterSeconds())
                .isEqualTo(10);
    }

    @Test
    void oneClientsFloodTakesNothingFromAnother() {
        for (int i = 0; i < 3; i++) {
            gate.enter("Bearer " + SECRET);
        }
        assertThat(refused("Bearer " + SECRET)).isNotNull();
        gate.enter("Bearer other");
        Runnable leave = gate.enter("Bearer other");
        assertThat(refused("Bearer other")).hasMessageContaining("has 2 requests running or waiting");
        leave.run();
        gate.enter("Bearer other");
    }

    @Test
    void withoutKeysEverybodyIsLetIn() {
        Gate open = new Gate(List.of(), now::get);
        assertThat(open.isLocked()).isFalse();
        open.enter(null).run();
        open.check(null);
    }

    @Test
    void aClientNeverShowsItsKey() {
        assertThat(ClientKey.of("a", SECRET, null, 1, null).toString()).isEqualTo("client a");
        assertThat(refused("Bearer wrong-" + SECRET)).message().doesNotContain(SECRET);
    }
}
