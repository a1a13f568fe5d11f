package dev.weighbridge.api.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardTest {
    @Test
    void shardsTogetherAreTheWhole() {
        for (int size = 0; size < 12; size++) {
            long[] whole = LongStream.range(0, size).toArray();
            LongStream together = LongStream.empty();
            for (int i = 0; i < 5; i++) {
                Shard shard = new Shard(i, 5);
                long[] part = shard.part(whole);
                for (int own = 0; own < part.length; own++) {
                    assertThat(part[own]).isEqualTo(shard.inWhole(own));
                }
                together = LongStream.concat(together, LongStream.of(part));
            }
            assertThat(together.sorted().toArray()).isEqualTo(whole);
        }
        assertThat(Shard.WHOLE.part(new long[] {3, 4})).containsExactly(3, 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "4/4", "-1/4", "0/0", "1/2/3", "a/b", "0/99999", " 0/4"})
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> Shard.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aShardIsWrittenAsItIsRead() {
        assertThat(Shard.parse("3/4")).isEqualTo(new Shard(3, 4)).hasToString("3/4");
    }
}
