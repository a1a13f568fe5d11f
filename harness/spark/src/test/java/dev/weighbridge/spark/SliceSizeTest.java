package dev.weighbridge.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many samples make a piece of work. */
class SliceSizeTest {
    @ParameterizedTest(name = "{0} samples, {1} cores, {2} requests at once: {3}")
    @CsvSource({
        // Four slices for each core.
        "1000, 10, 8, 25",
        // No fewer than can be asked at once ...
        "100, 4, 16, 16",
        // ... unless cores would have nothing to do.
        "20, 10, 16, 2",
        // No more than can be asked again without regret.
        "5000000, 4, 8, 256",
        "1, 64, 8, 1",
        "0, 2, 8, 1"
    })
    void suitsTheCluster(int samples, int cores, int concurrency, int expected) {
        assertThat(SparkAsker.sliceSize(samples, cores, concurrency)).isEqualTo(expected);
    }
}
