package dev.weighbridge.inference.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.inference.backend.DecoderSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The decoder in plain Java, against which backends are held, is itself held against transformers. */
class GoldenFixtureTest {
    private static final double TOLERANCE = 1e-4;

    static List<String> fixtures() {
        return GoldenFixture.names();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void theReferenceAnswersAsTransformersDoes(String name, @TempDir Path folder) {
        GoldenFixture golden = GoldenFixture.open(name, folder);
        for (int i = 0; i < golden.prompts().length; i++) {
            int[] prompt = golden.prompts()[i];
            int[] greedy = golden.greedy()[i];
            DecoderSession session = ReferenceDecoder.session(golden.checkpoint(), 1, prompt.length + greedy.length);
            assertThat(SessionContract.differenceOfForced(session, 0, golden, i))
                    .as("%s, prompt %d", name, i)
                    .isLessThan(TOLERANCE);
            FloatBuffer logits = SessionContract.prefill(session, 0, 0, prompt, false);
            int row = 0;
            for (int at = 0; at < greedy.length; at++) {
                int answer = SessionContract.best(logits, row, session.vocabularySize());
                assertThat(answer).as("%s, prompt %d, token %d", name, i, at).isEqualTo(greedy[at]);
                logits = SessionContract.step(session, 1, new int[] {answer}, new int[] {prompt.length + at});
                row = 0;
            }
        }
    }
}
