package dev.weighbridge.inference.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.backend.Segment.Wanted;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.reference.GoldenFixture;
import dev.weighbridge.inference.reference.ReferenceDecoder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scheduler may do to a sequence, with a model whose encoder reads its prompt. */
class PromptEncodingSessionTest {
    private static final int[] PROMPT = {5, 9, 14, 3, 77, 20, 41};
    private static final int[] OTHER = {60, 61, 62};

    private Checkpoint checkpoint;
    private FailingOnce model;
    private DecoderSession session;

    @BeforeEach
    void open(@TempDir Path folder) {
        checkpoint = GoldenFixture.open("flan-t5", folder).checkpoint();
        model = new FailingOnce(new ReferenceDecoder(checkpoint, 3, 33));
        session = new PromptEncodingSession(model, 0);
    }

    private float[] fresh(int[] prompt, int... answer) {
        DecoderSession other = ReferenceDecoder.session(checkpoint, 1, 32);
        FloatBuffer logits = other.forward(List.of(new Segment(0, 0, prompt, Wanted.LAST)));
        for (int at = 0; at < answer.length; at++) {
            logits = other.forward(List.of(Segment.next(0, prompt.length + at, answer[at])));
        }
        return values(logits);
    }

    @Test
    void aChunkIsReadAgainAfterAPassThatFailed() {
        session.forward(List.of(new Segment(1, 0, Arrays.copyOf(PROMPT, 4), Wanted.NONE)));
        Segment rest = new Segment(1, 4, Arrays.copyOfRange(PROMPT, 4, PROMPT.length), Wanted.LAST);
        model.fails = true;
        assertThatThrownBy(() -> session.forward(List.of(rest))).isInstanceOf(EngineException.class);
        assertThat(values(session.forward(List.of(rest)))).isEqualTo(fresh(PROMPT));
        assertThat(values(session.forward(List.of(Segment.next(1, PROMPT.length, 8)))))
                .isEqualTo(fresh(PROMPT, 8));
    }

    @Test
    void aSlotTakesAnotherPromptAndCanBeMovedInTheMiddleOfAnAnswer() {
        session.forward(List.of(new Segment(0, 0, OTHER, Wanted.LAST), new Segment(2, 0, PROMPT, Wanted.LAST)));
        session.forward(List.of(Segment.next(0, OTHER.length, 4), Segment.next(2, PROMPT.length, 8)));
        session.copy(2, 0, PROMPT.length + 1);
        session.forward(List.of(new Segment(2, 0, OTHER, Wanted.LAST)));
        assertThat(values(session.forward(List.of(Segment.next(0, PROMPT.length + 1, 9)))))
                .isEqualTo(fresh(PROMPT, 8, 9));
        assertThat(values(session.forward(List.of(Segment.next(2, OTHER.length, 4)))))
                .isEqualTo(fresh(OTHER, 4));
    }

    @Test
    void aPromptThatIsNotReadYetCanBeMovedToo() {
        session.forward(List.of(new Segment(2, 0, Arrays.copyOf(PROMPT, 3), Wanted.NONE)));
        session.copy(2, 1, 3);
        Segment rest = new Segment(1, 3, Arrays.copyOfRange(PROMPT, 3, PROMPT.length), Wanted.LAST);
        assertThat(values(session.forward(List.of(rest)))).isEqualTo(fresh(PROMPT));
    }

    @Test
    void chunksAloneGiveNoLogitsAndTheLastTokenFits() {
        assertThat(session.contextLength()).isEqualTo(32);
        assertThat(session.forward(List.of(new Segment(0, 0, PROMPT, Wanted.NONE)))
                        .remaining())
                .isZero();
        int[] longest = new int[32];
        Arrays.fill(longest, 7);
        assertThat(session.forward(List.of(new Segment(0, 0, longest, Wanted.ALL)))
                        .remaining())
                .isEqualTo(32 * session.vocabularySize());
        assertThatThrownBy(() -> session.forward(List.of(Segment.next(0, 32, 7))))
                .hasMessageContaining("after 32");
    }

    private static float[] values(FloatBuffer logits) {
        float[] values = new float[logits.remaining()];
        logits.duplicate().get(values);
        return values;
    }

    /** A model whose next pass can be made to fail, as one that runs out of memory does. */
    private static final class FailingOnce implements EncoderDecoderSession {
        private final ReferenceDecoder model;
        private boolean fails;

        FailingOnce(ReferenceDecoder model) {
            this.model = model;
        }

        @Override
        public void encode(int slot, int[] tokens) {
            model.encode(slot, tokens);
        }

        @Override
        public FloatBuffer forward(List<Segment> segments) {
            if (fails) {
                fails = false;
                throw new EngineException(EngineException.Category.FAILED, "out of memory");
            }
            return model.forward(segments);
        }

        @Override
        public int slots() {
            return model.slots();
        }

        @Override
        public int contextLength() {
            return model.contextLength();
        }

        @Override
        public int vocabularySize() {
            return model.vocabularySize();
        }

        @Override
        public void copy(int from, int to, int length) {
            model.copy(from, to, length);
        }

        @Override
        public void clear(int slot) {
            model.clear(slot);
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
