package dev.weighbridge.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.GenerationRequest.Sampling;
import dev.weighbridge.api.LogitsEngine;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.reference.ReferenceBackend;
import dev.weighbridge.inference.reference.ReferenceDecoder;
import dev.weighbridge.inference.sampling.LogProbabilities;
import dev.weighbridge.inference.sampling.TokenSampler;
import dev.weighbridge.inference.shape.RandomCheckpoint;
import dev.weighbridge.inference.shape.Shapes;
import dev.weighbridge.inference.shape.ValueType;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model whose encoder reads the prompt, through scheduler, sampler and text, held against its bare session. */
@Timeout(60)
class EncoderDecoderServiceTest {
    private static final int VOCABULARY = 1024;
    private static final String PROMPT = "translate English to German: How old are you?";
    private static final int ANSWER = 12;

    @TempDir
    private Path scratch;

    private Path model;
    private InferenceService service;

    @BeforeEach
    void open() throws Exception {
        model = scratch.resolve("t5");
        new RandomCheckpoint(Shapes.named("t5-tiny"), 3, ValueType.F32).write(model);
        // Prompts come in chunks of at most seven tokens.
        service = InferenceService.open(
                new ReferenceBackend(),
                Specs.of(model, new Batching(Batching.Policy.CONTINUOUS, 3, Duration.ZERO, 7), 128));
    }

    @AfterEach
    void close() {
        service.close();
    }

    @Test
    void itAnswersWhatTheBareModelAnswersAloneAndBesideOthers() {
        List<String> prompts = List.of(PROMPT, "a", "summarize: " + PROMPT);
        List<Answer> together = prompts.stream()
                .map(prompt -> {
                    Answer answer = new Answer();
                    service.generate(greedy(prompt), answer);
                    return answer;
                })
                .toList();
        for (int i = 0; i < prompts.size(); i++) {
            int[] expected = bareAnswer(prompts.get(i));
            Answer.Finished finished = together.get(i).await();
            assertThat(tokens(finished)).as(prompts.get(i)).isEqualTo(expected);
            assertThat(finished.text()).isEqualTo(service.tokenizer().decode(expected));
            assertThat(finished.promptTokens()).isEqualTo(service.tokenizer().encode(prompts.get(i)).length);
        }
    }

    @Test
    void continuationsAreScoredByTheDecoderAfterTheContextWasRead() {
        List<String> continuations = List.of("alt", "bist du", "x");
        List<ScoringEngine.Score> scores = service.scoreContinuations(PROMPT, continuations);
        assertThat(scores).hasSize(3);
        for (int i = 0; i < continuations.size(); i++) {
            int[] tokens = service.tokenizer().encode(continuations.get(i), false);
            double expected = 0;
            boolean greedy = true;
            try (DecoderSession bare = bare()) {
                int[] context = service.tokenizer().encode(PROMPT);
                float[] row = row(bare.forward(List.of(new Segment(0, 0, context, Segment.Wanted.LAST))));
                for (int at = 0; at < tokens.length; at++) {
                    expected += row[tokens[at]] - LogProbabilities.normalizer(row);
                    greedy &= TokenSampler.mostLikely(row) == tokens[at];
                    row = row(bare.forward(List.of(Segment.next(0, context.length + at, tokens[at]))));
                }
            }
            assertThat(scores.get(i).logLikelihood()).isCloseTo(expected, within(1e-4));
            assertThat(scores.get(i).tokens()).isEqualTo(tokens.length);
            assertThat(scores.get(i).greedy()).isEqualTo(greedy);
        }
    }

    @Test
    void theLikelihoodOfATextByItselfIsRefused() {
        assertThatThrownBy(() -> service.score(PROMPT, 1))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("/weighbridge/score");
    }

    @Test
    void logitsForParityAreThoseOfThePromptAsItsOwnAnswer() {
        LogitsEngine.Logits logits = service.logits(PROMPT);
        int[] tokens = service.tokenizer().encode(PROMPT);
        assertThat(logits.tokens()).isEqualTo(tokens);
        try (DecoderSession bare = bare()) {
            bare.forward(List.of(new Segment(0, 0, tokens, Segment.Wanted.LAST)));
            for (int at = 0; at < tokens.length; at++) {
                float[] row = row(bare.forward(List.of(Segment.next(0, tokens.length + at, tokens[at]))));
                assertThat(Arrays.copyOfRange(logits.values(), at * VOCABULARY, (at + 1) * VOCABULARY))
                        .usingComparatorWithPrecision(1e-4f)
                        .containsExactly(row);
            }
        }
    }

    @Test
    void theRecordSaysThatThereIsAnEncoder() {
        assertThat(service.info().details()).containsEntry(EngineInfo.ENCODER_BLOCKS, "2");
    }

    private static TextRequest greedy(String prompt) {
        return new TextRequest(prompt, ANSWER, ANSWER, true, Sampling.GREEDY, List.of(), false, 0);
    }

    private static int[] tokens(Answer.Finished finished) {
        return finished.scores().stream().mapToInt(TokenScore::token).toArray();
    }

    private DecoderSession bare() {
        return ReferenceDecoder.session(CheckpointReader.read(model), 1, 128);
    }

    private int[] bareAnswer(String prompt) {
        int[] read = service.tokenizer().encode(prompt);
        int[] answer = new int[ANSWER];
        try (DecoderSession bare = bare()) {
            float[] row = row(bare.forward(List.of(new Segment(0, 0, read, Segment.Wanted.LAST))));
            for (int at = 0; at < answer.length; at++) {
                answer[at] = TokenSampler.mostLikely(row);
                row = row(bare.forward(List.of(Segment.next(0, read.length + at, answer[at]))));
            }
        }
        return answer;
    }

    private static float[] row(FloatBuffer logits) {
        float[] row = new float[VOCABULARY];
        logits.get(0, row);
        return row;
    }
}
