package dev.weighbridge.datasets.harness.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against what CPython 3.11 prints. */
class PythonRandomTest {
    private static List<Integer> range(int size) {
        return IntStream.range(0, size).boxed().toList();
    }

    @Test
    void bitsAreThoseOfTheTwister() {
        PythonRandom random = new PythonRandom(1234);
        assertThat(IntStream.range(0, 4).mapToObj(i -> Integer.toUnsignedLong(random.bits())))
                .containsExactly(4150886329L, 3342196574L, 1892932127L, 501869158L);
        assertThat(IntStream.of(1, 2, 3, 10, 1000, 65536, Integer.MAX_VALUE).map(random::below))
                .containsExactly(0, 0, 2, 0, 687, 11001, 211359734);
    }

    @Test
    void stateIsRenewedMoreThanOnce() {
        PythonRandom random = new PythonRandom(0);
        for (int i = 0; i < 2000; i++) {
            random.bits();
        }
        assertThat(Integer.toUnsignedLong(random.bits())).isEqualTo(4065999976L);
    }

    @Test
    void samplesAreDrawnFromACopyOrBySet() {
        PythonRandom random = new PythonRandom(42);
        assertThat(random.sample(range(10), 3)).containsExactly(1, 0, 4);
        assertThat(random.sample(range(100), 8)).containsExactly(31, 28, 17, 94, 13, 86, 69, 11);
        assertThat(random.sample(range(30), 6)).containsExactly(18, 13, 1, 0, 2, 6);
        assertThat(random.sample(range(5), 5)).containsExactly(1, 0, 2, 3, 4);
    }
}
