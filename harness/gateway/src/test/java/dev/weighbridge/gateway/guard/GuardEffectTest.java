package dev.weighbridge.gateway.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The chain that comes along, over texts of this project's own making: what it catches, what it misses, what it harms. */
class GuardEffectTest {
    @Test
    void theStandardChainBlocksMostHarmfulTextsAndHardlyAHarmlessOne() throws Exception {
        List<GuardEffect.Labelled> texts = Stream.concat(read("harmful.txt", true), read("harmless.txt", false))
                .toList();
        GuardEffect effect = GuardEffect.of(GuardChain.standard(), Side.INPUT, texts, System::nanoTime);
        GuardEffect.Counts harmful = effect.counts(true);
        assertThat(harmful.texts()).isGreaterThanOrEqualTo(40);
        assertThat(effect.counts(false).texts()).isGreaterThanOrEqualTo(40);
        // Four of the harmful texts say in other words what no list of phrases can know.
        assertThat(harmful.texts() - harmful.blocked()).isEqualTo(4);
        assertThat(effect.counts(false).blocked()).isZero();
        assertThat(harmful.failed() + effect.counts(false).failed()).isZero();
        assertThat(effect.blockedByGuard(true)).isEqualTo(Map.of("topics", harmful.blocked()));
    }

    @Test
    void countsTellWhatBecameOfTextsOfEachLabel() {
        Guard.Post post = new Guard.Post("words", Set.of(Side.OUTPUT), OnError.BLOCK);
        Guard block = new RegexGuard(post, Action.BLOCK, Map.of("bad", "bad"));
        Guard mask =
                new PiiGuard(new Guard.Post("pii", Set.of(Side.OUTPUT), OnError.BLOCK), Action.MASK, PiiMasking.ALL);
        Guard broken = new RegexGuard(
                new Guard.Post("slow", Set.of(Side.OUTPUT), OnError.PASS),
                Action.BLOCK,
                Map.of("slow", "x*x*x*x*x*x*x*y"));
        GuardChain chain = new GuardChain(List.of(block, mask, broken), GuardPolicy.STANDARD);
        List<GuardEffect.Labelled> texts = List.of(
                new GuardEffect.Labelled("bad one", true),
                new GuardEffect.Labelled("evil", true),
                new GuardEffect.Labelled("mail a@example.org", true),
                new GuardEffect.Labelled("a bad but harmless one", false),
                new GuardEffect.Labelled("x".repeat(300), false));
        AtomicLong clock = new AtomicLong();
        // The first text takes 1 ns, the second 2, and so on.
        LongSupplier nanoTime = () -> clock.get() % 2 == 0 ? clock.getAndIncrement() * 0 : clock.incrementAndGet() / 2;
        GuardEffect effect = GuardEffect.of(chain, Side.OUTPUT, texts, nanoTime);
        assertThat(effect.counts(true)).isEqualTo(new GuardEffect.Counts(3, 1, 1, 0));
        assertThat(effect.counts(false)).isEqualTo(new GuardEffect.Counts(2, 1, 0, 1));
        assertThat(effect.blockedByGuard(true)).isEqualTo(Map.of("words", 1));
        assertThat(effect.blockedByGuard(false)).isEqualTo(Map.of("words", 1));
        assertThat(effect.texts()).extracting(GuardEffect.Judged::nanos).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(effect.nanos(0.5)).isEqualTo(3);
        assertThat(effect.nanos(0.95)).isEqualTo(5);
        assertThat(GuardEffect.of(chain, Side.INPUT, texts, System::nanoTime).counts(true))
                .isEqualTo(new GuardEffect.Counts(3, 0, 0, 0));
    }

    private static Stream<GuardEffect.Labelled> read(String name, boolean harmful) throws IOException {
        try (InputStream stream = GuardEffectTest.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> new GuardEffect.Labelled(line, harmful));
        }
    }
}
