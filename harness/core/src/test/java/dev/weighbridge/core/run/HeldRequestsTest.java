package dev.weighbridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeldRequestsTest {
    private static RequestTiming request(int index) {
        return new RequestTiming(
                        index,
                        index,
                        index + 1,
                        new long[] {index + 2, index + 3},
                        new int[] {1, 2},
                        index + 4,
                        5,
                        -1,
                        Outcome.COMPLETED,
                        200,
                        null,
                        index,
                        null)
                .withTexts("line " + index + "\nand another", index % 2 == 0 ? null : "thought");
    }

    private static List<String> lines(List<RequestTiming> requests) {
        return requests.stream().map(Json::line).toList();
    }

    @Test
    void whatDoesNotFitIntoMemoryComesBackInItsOrderToo() {
        List<RequestTiming> requests =
                IntStream.range(0, 50).mapToObj(HeldRequestsTest::request).toList();
        try (HeldRequests held = new HeldRequests(3_000)) {
            requests.forEach(held::add);
            assertThat(held.fits()).isFalse();
            List<RequestTiming> back = new ArrayList<>();
            held.forEach(back::add);
            assertThat(lines(back)).isEqualTo(lines(requests));
        }
    }

    @Test
    void whatFitsIsNotWrittenAnywhere() {
        try (HeldRequests held = HeldRequests.ofThisProcess()) {
            RequestTiming request = request(0);
            held.add(request);
            assertThat(held.fits()).isTrue();
            List<RequestTiming> back = new ArrayList<>();
            held.forEach(back::add);
            assertThat(back).singleElement().isSameAs(request);
        }
    }
}
