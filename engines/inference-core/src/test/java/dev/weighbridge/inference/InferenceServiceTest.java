package dev.weighbridge.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.Completion.FinishReason;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.GenerationRequest.Sampling;
import dev.weighbridge.api.LogitsEngine.Logits;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.batching.QueueFullException;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.reference.ReferenceBackend;
import dev.weighbridge.inference.reference.ReferenceBackend.Call;
import dev.weighbridge.inference.reference.TinyCheckpoint;
import dev.weighbridge.inference.sampling.TokenSampler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One model from its folder to text: what an answer holds, where it ends, and what is refused. */
@Timeout(60)
class InferenceServiceTest {
    @TempDir
    private Path scratch;

    private final ReferenceBackend backend = new ReferenceBackend();
    private Path model;
    private InferenceService service;

    @BeforeEach
    void open() {
        // Nothing ends an answer of this model but its length.
        model = TinyCheckpoint.write(scratch.resolve("tiny"), List.of());
        service = InferenceService.open(backend, Specs.of(model, Batching.continuous(2)));
    }

    @AfterEach
    void close() {
        backend.passAll();
        service.close();
    }

    private Answer.Finished answer(TextRequest request) {
        Answer answer = new Answer();
        service.generate(request, answer);
        return answer.await();
    }

    private static TextRequest greedy(String prompt, int maxTokens, String... stop) {
        return new TextRequest(prompt, maxTokens, Sampling.GREEDY, List.of(stop), -1);
    }

    /** A service of the same model, for which the token that the greedy answer holds at place 9 ends a sequence. */
    private InferenceService endingEarly() {
        int ending = answer(new TextRequest("Once", 30, Sampling.GREEDY, List.of(), 0))
                .scores()
                .get(9)
                .token();
        TinyCheckpoint.write(model, List.of(ending));
        return InferenceService.open(new ReferenceBackend(), Specs.of(model, Batching.none()));
    }

    private static Answer.Finished answer(InferenceService service, TextRequest request) {
        Answer answer = new Answer();
        service.generate(request, answer);
        return answer.await();
    }

    @Test
    void noEndOfSequenceIsChosenBeforeTheLeastTokens() {
        try (InferenceService other = endingEarly()) {
            assertThat(answer(other, greedy("Once", 30)).outputTokens())
                    .as("it ends by itself")
                    .isLessThanOrEqualTo(9);
            assertThat(answer(other, new TextRequest("Once", 30, 20, false, Sampling.GREEDY, List.of(), false, -1))
                            .outputTokens())
                    .isGreaterThanOrEqualTo(20);
            assertThat(answer(other, new TextRequest("Once", 30, 30, true, Sampling.GREEDY, List.of(), false, -1))
                            .outputTokens())
                    .isEqualTo(30);
        }
    }

    @Test
    void anIgnoredEndIsATokenLikeAnyOther() {
        try (InferenceService other = endingEarly()) {
            Answer.Finished finished =
                    answer(other, new TextRequest("Once", 30, 0, true, Sampling.GREEDY, List.of(), false, -1));
            assertThat(finished.outputTokens()).isEqualTo(30);
            assertThat(finished.reason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void moreLeastTokensThanMostAreRefused() {
        assertThatThrownBy(() -> new TextRequest("Once", 4, 5, false, Sampling.GREEDY, List.of(), false, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("minTokens must be from 0 to maxTokens, which is 4, got: 5");
    }

    @Test
    void infoSaysWhatWasOpened() {
        assertThat(service.info().engineId()).isEqualTo("reference");
        assertThat(service.info().modelName()).isEqualTo("tiny");
        assertThat(service.info().contextLength()).isEqualTo(TinyCheckpoint.CONTEXT);
        assertThat(service.info().details())
                .containsEntry("slots", "2")
                .containsEntry("threads", "1")
                .containsEntry("batching", "continuous-2")
                .containsEntry("instruction_sets", "Java's on cpu")
                .containsKeys("artifact_bytes", "model_sha256");
    }

    @Test
    void greedyAnswerTakesTheHighestLogitOfTheTextSoFar() {
        Answer.Finished answer = answer(new TextRequest("Once", 12, Sampling.GREEDY, List.of(), 0));
        int[] tokens = service.tokenizer().encode("Once");
        assertThat(answer.promptTokens()).isEqualTo(tokens.length);
        assertThat(answer.scores()).hasSize(answer.outputTokens());
        for (TokenScore score : answer.scores()) {
            assertThat(score.token()).isEqualTo(TokenSampler.mostLikely(lastLogits(tokens)));
            tokens = Arrays.copyOf(tokens, tokens.length + 1);
            tokens[tokens.length - 1] = score.token();
        }
    }

    /** The logits after tokens, from a session of its own. */
    private float[] lastLogits(int[] tokens) {
        var checkpoint = CheckpointReader.read(model);
        var artifact = backend.compile(checkpoint, Precision.FP32, "cpu", scratch);
        try (var session = new ReferenceBackend().load(artifact, "cpu", 1, TinyCheckpoint.CONTEXT, 1)) {
            float[] logits = new float[session.vocabularySize()];
            session.forward(List.of(new Segment(0, 0, tokens, Segment.Wanted.LAST)))
                    .get(0, logits);
            return logits;
        }
    }

    @Test
    void whatTextsBeginWithIsComputedOnceForAllOfThem() {
        List<String> texts =
                List.of("The cat sat on the mat.", "The cat sat on a hat.", "The cat sat on the mat. So", "The cat");
        List<List<TokenScore>> apart =
                texts.stream().map(text -> service.score(text, 2)).toList();
        backend.forgetCalls();
        List<List<TokenScore>> together = service.score(texts, 2);
        assertThat(together).isEqualTo(apart);
        // A text has one token of its own at least, and the tokenizer's beginning comes before the first letter.
        // Nothing follows
        // the last token of each text.
        int shared = apart.get(3).size() - 1;
        assertThat(backend.calls().stream().mapToInt(Call::tokens).sum())
                .isEqualTo(apart.stream().mapToInt(List::size).sum() - 3 * shared - 4);
    }

    @Test
    void shortTextsGoThroughTogetherWhileNothingElseRuns() {
        ReferenceBackend idle = new ReferenceBackend();
        List<String> texts =
                List.of("The cat sat on the mat.", "The cat sat on a hat.", "The cat sat on the mat. So", "The cat");
        try (InferenceService wide = InferenceService.open(idle, Specs.of(model, Batching.continuous(8)))) {
            List<List<TokenScore>> apart =
                    texts.stream().map(text -> wide.score(text, 2)).toList();
            idle.forgetCalls();
            assertThat(wide.score(texts, 2)).isEqualTo(apart);
            assertThat(idle.calls()).extracting(Call::slotOrRows).containsExactly(0, 1, 2, 3);
            assertThat(idle.calls()).extracting(Call::past).containsOnly(0);
        }
    }

    @Test
    void textsThatDifferInTheirLastTokenAloneTakeOnePassOfWhatTheyShare() {
        ReferenceBackend idle = new ReferenceBackend();
        List<String> texts = List.of("The cat sat on a", "The cat sat on b", "The cat sat on c");
        try (InferenceService wide = InferenceService.open(idle, Specs.of(model, Batching.continuous(8)))) {
            List<List<TokenScore>> apart =
                    texts.stream().map(text -> wide.score(text, 2)).toList();
            assertThat(apart.stream().map(List::size).distinct()).hasSize(1);
            idle.forgetCalls();
            assertThat(wide.score(texts, 2)).isEqualTo(apart);
            assertThat(idle.calls())
                    .singleElement()
                    .extracting(Call::tokens)
                    .isEqualTo(apart.get(0).size() - 1);
        }
    }

    /** The likelihood of tokens after others, by the logits of a session of its own. */
    private double likelihood(int[] tokens, int from) {
        var artifact = backend.compile(CheckpointReader.read(model), Precision.FP32, "cpu", scratch);
        double sum = 0;
        try (var session = new ReferenceBackend().load(artifact, "cpu", 1, TinyCheckpoint.CONTEXT, 1)) {
            int[] read = Arrays.copyOf(tokens, tokens.length - 1);
            var logits = session.forward(List.of(new Segment(0, 0, read, Segment.Wanted.ALL)));
            float[] row = new float[session.vocabularySize()];
            for (int at = from; at < tokens.length; at++) {
                logits.get((at - 1) * row.length, row);
                double total = 0;
                for (float logit : row) {
                    total += Math.exp(logit);
                }
                sum += row[tokens[at]] - Math.log(total);
            }
        }
        return sum;
    }

    @Test
    void ofAContinuationNoMoreLogitsAreComputedThanItsOwn() {
        String context = "The cat sat on the mat. ".repeat(6);
        List<String> choices = List.of("So", "The cat sat", "It");
        List<ScoringEngine.Score> scores = service.scoreContinuations(context, choices);
        backend.forgetCalls();
        service.scoreContinuations(context, choices);
        // What continuations begin with alike is computed once, so that these are the most.
        int most = 1 + scores.stream().mapToInt(score -> score.tokens() - 1).sum();
        assertThat(backend.logits()).isBetween(choices.size(), most);
        assertThat(service.tokenizer().encode(context)).hasSizeGreaterThan(3 * most);
        for (int i = 0; i < choices.size(); i++) {
            int[] tokens = service.tokenizer().encode(context + choices.get(i));
            assertThat(scores.get(i).logLikelihood())
                    .isCloseTo(likelihood(tokens, tokens.length - scores.get(i).tokens()), within(1e-6));
        }
    }

    private int computed() {
        return backend.calls().stream()
                .filter(call -> call.name().equals("prefill"))
                .mapToInt(Call::tokens)
                .sum();
    }

    private static TextRequest keeping(String prompt) {
        return new TextRequest(prompt, 8, 0, false, Sampling.GREEDY, List.of(), true, -1);
    }

    @Test
    void whatPromptsBeginWithIsComputedOnceWhereItMayBeKept() {
        String solved = "The cat sat on the mat. ".repeat(5);
        List<String> questions = List.of("Where sat the cat?", "Who sat on the mat?", "The");
        List<String> apart = questions.stream()
                .map(question -> answer(greedy(solved + question, 8)).text())
                .toList();
        backend.forgetCalls();
        List<String> together = questions.stream()
                .map(question -> answer(keeping(solved + question)).text())
                .toList();
        assertThat(together).isEqualTo(apart);
        int first = service.tokenizer().encode(solved + questions.get(0)).length;
        assertThat(computed()).isLessThan(first + 30);
        backend.forgetCalls();
        // Whoever does not ask for it gets, and leaves, nothing.
        assertThat(answer(greedy(solved + questions.get(0), 8)).text()).isEqualTo(apart.get(0));
        assertThat(computed()).isEqualTo(first);
    }

    @Test
    void promptsThatComeTogetherWaitForTheFirstOfThemThatBeginsAsTheyDo() {
        String solved = "The cat sat on the mat. ".repeat(5);
        List<String> questions = List.of("Where sat the cat?", "Who sat on the mat?", "The", "What sat there?");
        List<String> apart = questions.stream()
                .map(question -> answer(greedy(solved + question, 8)).text())
                .toList();
        try (InferenceService wide = InferenceService.open(backend, Specs.of(model, Batching.continuous(8)))) {
            backend.forgetCalls();
            backend.hold();
            List<Answer> answers = new ArrayList<>();
            for (String question : questions) {
                Answer answer = new Answer();
                wide.generate(keeping(solved + question), answer);
                answers.add(answer);
            }
            Answer other = new Answer();
            wide.generate(greedy("Once upon a time", 8), other);
            backend.passAll();
            assertThat(answers.stream().map(answer -> answer.await().text()).toList())
                    .isEqualTo(apart);
            assertThat(other.await().outputTokens()).isEqualTo(8);
            int first = service.tokenizer().encode(solved + questions.get(0)).length;
            assertThat(computed()).isLessThan(first + 60);
        }
    }

    @Test
    void aContextThatWasScoredIsGoneOnFrom() {
        String context = "The cat sat on the mat. ".repeat(5);
        List<ScoringEngine.Score> fresh =
                service.scoreContinuations(context + "Who sat?", List.of(" The cat.", " A dog."));
        service.scoreContinuations("Once upon a time there was a king. ".repeat(4), List.of(" So", " It is"));
        service.scoreContinuations(context + "Where?", List.of(" There.", " On the mat."));
        backend.forgetCalls();
        assertThat(service.scoreContinuations(context + "Who sat?", List.of(" The cat.", " A dog.")))
                .isEqualTo(fresh);
        assertThat(computed()).isLessThan(30);
        assertThat(answer(keeping(context + "Who sat?")).text())
                .isEqualTo(answer(greedy(context + "Who sat?", 8)).text());
    }

    @Test
    void aShortTextThatIsScoredBetweenThePassesOfALongOneChangesNothingOfIt() throws Exception {
        String context = "The cat sat on the mat. ".repeat(6);
        List<String> choices = List.of("So", "The cat sat", "It");
        List<ScoringEngine.Score> alone = service.scoreContinuations(context, choices);
        List<ScoringEngine.Score> other = service.scoreContinuations("A dog", List.of(" and a cat"));
        Answer answer = new Answer();
        backend.hold();
        service.generate(greedy("Once", 100), answer);
        backend.awaitHeld();
        FutureTask<List<ScoringEngine.Score>> longer =
                new FutureTask<>(() -> service.scoreContinuations(context, choices));
        FutureTask<List<ScoringEngine.Score>> shorter =
                new FutureTask<>(() -> service.scoreContinuations("A dog", List.of(" and a cat")));
        for (FutureTask<?> task : List.of(longer, shorter)) {
            Thread thread = new Thread(task);
            thread.start();
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        backend.passAll();
        assertThat(longer.get()).isEqualTo(alone);
        assertThat(shorter.get()).isEqualTo(other);
        answer.await();
    }

    @Test
    void severalQuestionsAreScoredTogetherAndOneThatIsRefusedFailsAlone() {
        ReferenceBackend idle = new ReferenceBackend();
        try (InferenceService wide = InferenceService.open(idle, Specs.of(model, Batching.continuous(8)))) {
            List<ScoringEngine.Question> questions = List.of(
                    new ScoringEngine.Question("The cat", List.of(" sat", " ran")),
                    new ScoringEngine.Question("The cat. ".repeat(100), List.of(" sat")),
                    new ScoringEngine.Question("", List.of("A dog", "Once upon a time. ".repeat(30))),
                    new ScoringEngine.Question("A dog", List.of(" sat on the mat")),
                    new ScoringEngine.Question("The cat sat on the mat. ".repeat(5), List.of(" So", " It is")));
            List<List<ScoringEngine.Score>> alone = List.of(0, 2, 3, 4).stream()
                    .map(i -> wide.scoreContinuations(
                            questions.get(i).context(), questions.get(i).continuations()))
                    .toList();
            idle.forgetCalls();
            List<ScoringEngine.Scored> together = wide.scoreAll(questions);
            assertThat(together.get(1).failure()).hasMessageContaining("context length");
            assertThat(List.of(0, 2, 3, 4).stream()
                            .map(i -> together.get(i).scores())
                            .toList())
                    .isEqualTo(alone);
            // The short ones went through in one pass, in slots of their own.
            assertThat(idle.calls()).extracting(Call::slotOrRows).startsWith(0, 1, 2);
        }
    }

    @Test
    void questionsAfterTheSameSolvedOnesGoOnFromThemInOnePass() {
        ReferenceBackend idle = new ReferenceBackend();
        String solved = "The cat sat on the mat. ".repeat(5);
        try (InferenceService wide = InferenceService.open(idle, Specs.of(model, Batching.continuous(8)))) {
            List<ScoringEngine.Question> questions = List.of(
                    new ScoringEngine.Question(solved + "Who sat?", List.of(" A cat.", " The dog.")),
                    new ScoringEngine.Question(solved + "Where?", List.of(" There.", " On it.")),
                    new ScoringEngine.Question(solved + "Why?", List.of(" So.", " It is.")),
                    new ScoringEngine.Question(solved + "When?", List.of(" Once.")));
            List<List<ScoringEngine.Score>> alone = questions.stream()
                    .map(asked -> wide.scoreContinuations(asked.context(), asked.continuations()))
                    .toList();
            // Another text takes the place of the solved questions.
            wide.scoreContinuations("Once upon a time there was a king. ".repeat(4), List.of(" So", " It is"));
            idle.forgetCalls();

            List<ScoringEngine.Scored> together = wide.scoreAll(questions);

            assertThat(together.stream().map(ScoringEngine.Scored::scores).toList())
                    .isEqualTo(alone);
            int shared = wide.tokenizer().encode(solved).length;
            int spare = 8;
            // The first question leaves in the spare slot what the others go on from, side by side, from where they
            // differ.
            List<Call> others = idle.calls().stream()
                    .filter(call -> call.slotOrRows() != spare)
                    .toList();
            assertThat(others).extracting(Call::slotOrRows).containsExactly(0, 1, 2, 3, 4);
            assertThat(others).extracting(Call::past).allMatch(past -> past > shared - 5);
        }
    }

    @Test
    void aTextLongerThanTheContextIsScoredInWindowsThatGoOnFromTheTokenBefore() {
        String text = "Once upon a time there was a cat. ".repeat(40);
        int[] tokens = service.tokenizer().encode(text);
        int[] own = Arrays.copyOfRange(tokens, 1, tokens.length);
        assertThat(own).hasSizeGreaterThan(2 * TinyCheckpoint.CONTEXT);
        double expected = 0;
        for (int from = 0; from < own.length; from += TinyCheckpoint.CONTEXT) {
            int[] window = Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + TinyCheckpoint.CONTEXT + 1));
            expected += likelihood(window, 1);
        }
        ScoringEngine.Score score =
                service.scoreContinuations("", List.of(text)).get(0);
        assertThat(score.tokens()).isEqualTo(own.length);
        assertThat(score.logLikelihood()).isCloseTo(expected, within(1e-4));
    }

    @Test
    void scoresAreTheLogSoftmaxOfTheLogits() {
        String text = "The cat sat on the mat, and thén 😀 it left. ".repeat(2);
        Logits logits = service.logits(text);
        List<TokenScore> scores = service.score(text, 3);
        assertThat(scores).hasSize(logits.tokens().length);
        assertThat(scores.get(0).logProbability()).isNull();
        assertThat(scores.get(0).top()).isEmpty();
        StringBuilder pieces = new StringBuilder(scores.get(0).text());
        for (int i = 1; i < scores.size(); i++) {
            int from = (i - 1) * logits.vocabularySize();
            float[] row = Arrays.copyOfRange(logits.values(), from, from + logits.vocabularySize());
            double sum = 0;
            for (float logit : row) {
                sum += Math.exp(logit);
            }
            TokenScore score = scores.get(i);
            assertThat(score.token()).isEqualTo(logits.tokens()[i]);
            assertThat(score.logProbability()).isCloseTo(row[score.token()] - Math.log(sum), within(1e-9));
            assertThat(score.top()).hasSize(3);
            assertThat(score.top().get(0).token()).isEqualTo(TokenSampler.mostLikely(row));
            assertThat(score.top().get(0).logProbability()).isGreaterThanOrEqualTo(score.logProbability());
            pieces.append(score.text());
        }
        assertThat(pieces.toString()).isEqualTo(text);
    }

    @Test
    void answersAreScoredLikeTexts() {
        TextRequest request = new TextRequest("Once", 20, Sampling.GREEDY, List.of(), 2);
        Answer.Finished answer = answer(request);
        assertThat(String.join(
                        "", answer.scores().stream().map(TokenScore::text).toList()))
                .isEqualTo(answer.text());
        int[] tokens = service.tokenizer().encode("Once");
        float[] first = lastLogits(tokens);
        double sum = 0;
        for (float logit : first) {
            sum += Math.exp(logit);
        }
        TokenScore score = answer.scores().get(0);
        assertThat(score.logProbability()).isCloseTo(first[score.token()] - Math.log(sum), within(1e-9));
        assertThat(score.top()).hasSize(2);
        assertThat(score.top().get(0).token()).isEqualTo(score.token());
    }

    @Test
    void likelihoodsAreThoseBeforeTemperature() {
        TextRequest hot = new TextRequest("Once", 1, new Sampling(2, 0, 1, 5L), List.of(), 0);
        TokenScore drawn = answer(hot).scores().get(0);
        float[] logits = lastLogits(service.tokenizer().encode("Once"));
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        assertThat(drawn.logProbability()).isCloseTo(logits[drawn.token()] - Math.log(sum), within(1e-9));
    }

    @Test
    void everyStopTextWithinAnAnswerCutsItThere() {
        String whole = answer(greedy("Once", 40)).text();
        assertThat(whole.length()).isGreaterThan(20);
        for (int from = 1; from < 15; from++) {
            for (int length : new int[] {1, 2, 3, 5}) {
                String stop = whole.substring(from, from + length);
                Answer.Finished cut = answer(greedy("Once", 40, "never in it", stop));
                assertThat(cut.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
                assertThat(cut.reason()).isEqualTo(FinishReason.STOP);
            }
        }
    }

    @Test
    void stopTextThatNeverComesLosesNoText() {
        String whole = answer(greedy("Once", 40)).text();
        String almost = whole.substring(whole.length() - 3) + "\u0001 never";
        Answer.Finished answer = answer(greedy("Once", 40, almost));
        assertThat(answer.text()).isEqualTo(whole);
        assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void endOfSequenceStopsAndIsNoText() {
        List<TokenScore> scores = answer(new TextRequest("Once", 30, Sampling.GREEDY, List.of(), 0))
                .scores();
        int ending = scores.get(9).token();
        int first = 0;
        while (scores.get(first).token() != ending) {
            first++;
        }
        TinyCheckpoint.write(model, List.of(ending));
        try (InferenceService other = InferenceService.open(new ReferenceBackend(), Specs.of(model, Batching.none()))) {
            Answer answer = new Answer();
            other.generate(greedy("Once", 30), answer);
            assertThat(answer.await().reason()).isEqualTo(FinishReason.STOP);
            assertThat(answer.await().outputTokens()).isEqualTo(first);
            assertThat(answer.await().text())
                    .isEqualTo(other.tokenizer()
                            .decode(scores.subList(0, first).stream()
                                    .mapToInt(TokenScore::token)
                                    .toArray()));
        }
    }

    @Test
    void answerEndsAtTheContextLimit() {
        String prompt = "x".repeat(TinyCheckpoint.CONTEXT - 5);
        Answer.Finished answer = answer(greedy(prompt, 1000));
        assertThat(answer.promptTokens() + answer.outputTokens()).isEqualTo(TinyCheckpoint.CONTEXT);
        assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
        // The prompt's beginning token takes one place.
        assertThat(answer("x".repeat(TinyCheckpoint.CONTEXT - 2)).outputTokens())
                .isEqualTo(1);
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> answer("x".repeat(TinyCheckpoint.CONTEXT - 1)))
                .withMessageContaining("the prompt has 160 tokens, the context length is 160 with the answer")
                .satisfies(e -> assertThat(e.category()).isEqualTo(EngineException.Category.BAD_REQUEST));
    }

    private Answer.Finished answer(String prompt) {
        return answer(greedy(prompt, 1000));
    }

    @Test
    void scoringFillsTheContextAndNoMore() {
        String longest = "x".repeat(TinyCheckpoint.CONTEXT - 1);
        assertThat(service.score(longest, 0)).hasSize(TinyCheckpoint.CONTEXT);
        assertThatThrownBy(() -> service.score(longest + "x", 0)).hasMessageContaining("161 tokens");
        assertThatThrownBy(() -> service.logits(longest + "x")).hasMessageContaining("161 tokens");
    }

    @Test
    void shorterContextIsHeld() {
        try (InferenceService shorter =
                InferenceService.open(new ReferenceBackend(), Specs.of(model, Batching.none(), 20))) {
            Answer answer = new Answer();
            shorter.generate(greedy("abc", 1000), answer);
            assertThat(answer.await().outputTokens()).isEqualTo(16);
        }
        assertThatThrownBy(() -> InferenceService.open(new ReferenceBackend(), Specs.of(model, Batching.none(), 1)))
                .hasMessageContaining("the context length is 1");
    }

    @Test
    void textComesInPiecesOfWholeCharacters() {
        SplittableRandom random = new SplittableRandom(6);
        for (int i = 0; i < 10; i++) {
            Answer answer = new Answer();
            service.generate(
                    new TextRequest("Once", 60, new Sampling(3, 0, 1, random.nextLong()), List.of("\u0001\u0002"), -1),
                    answer);
            Answer.Finished finished = answer.await();
            assertThat(String.join("", answer.pieces())).isEqualTo(finished.text());
            assertThat(answer.pieces())
                    .noneMatch(String::isEmpty)
                    .allMatch(piece -> !Character.isHighSurrogate(piece.charAt(piece.length() - 1)));
        }
    }

    @Test
    void cancelledAnswerIsNotHeardOfAgain() {
        backend.hold();
        Answer abandoned = new Answer();
        Cancellation cancellation = service.generate(greedy("Once", 100), abandoned);
        backend.awaitHeld();
        backend.pass(2);
        backend.awaitHeld();
        cancellation.cancel();
        cancellation.cancel();
        backend.passAll();
        // The other row's answer is complete, so the cancelled one has left by now.
        answer(greedy("Upon", 20));
        int heard = abandoned.pieces().size();
        answer(greedy("Upon", 20));
        assertThat(abandoned.pieces()).hasSize(heard).hasSizeLessThan(5);
        assertThat(abandoned.ended()).isFalse();
    }

    @Test
    void waitingRequestsAreBounded() {
        service.close();
        service = InferenceService.open(backend, Specs.of(model, Batching.none()), 2);
        backend.hold();
        Answer running = new Answer();
        service.generate(greedy("Once", 3), running);
        backend.awaitHeld();
        service.generate(greedy("Once", 3), new Answer());
        service.generate(greedy("Once", 3), new Answer());
        assertThatExceptionOfType(QueueFullException.class)
                .isThrownBy(() -> service.generate(greedy("Once", 3), new Answer()));
        backend.passAll();
        assertThat(running.await().outputTokens()).isEqualTo(3);
    }

    @Test
    void closedServiceRefuses() {
        service.close();
        assertThatThrownBy(() -> answer(greedy("Once", 3))).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> service.score("Once", 0)).isInstanceOf(EngineException.class);
        assertThat(backend.sessionClosed()).isTrue();
    }

    @Test
    void precisionThatIsNotOfferedIsRefusedBeforeAnythingIsLoaded() {
        EngineSpec spec = Specs.of(model, Batching.none());
        EngineSpec int4 = new EngineSpec(
                spec.model(),
                Precision.INT4,
                spec.batching(),
                DeviceRequest.CPU,
                1,
                0,
                spec.cacheDirectory(),
                spec.logFile());
        ReferenceBackend untouched = new ReferenceBackend();
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> InferenceService.open(untouched, int4))
                .withMessage("reference does not offer the precision int4 on cpu. Use one of [fp32].")
                .satisfies(e -> assertThat(e.category()).isEqualTo(EngineException.Category.UNAVAILABLE));
        assertThat(untouched.calls()).isEmpty();
    }

    @Test
    void modelThatFailsToWarmUpIsClosedAgain() {
        ReferenceBackend broken = new ReferenceBackend();
        broken.failPrompts(() -> new EngineException(EngineException.Category.FAILED, "no kernel"));
        assertThatThrownBy(() -> InferenceService.open(broken, Specs.of(model, Batching.none())))
                .hasMessage("no kernel");
        assertThat(broken.sessionClosed()).isTrue();
    }

    @Test
    void tokensThatTheModelDoesNotKnowAreRefused() throws Exception {
        var tokenizer = TinyCheckpoint.tokenizer();
        var added = tokenizer.withArray("added_tokens").addObject();
        added.put("id", TinyCheckpoint.VOCABULARY).put("content", "<|new|>").put("single_word", false);
        added.put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", true);
        TinyCheckpoint.writeJson(model.resolve("tokenizer.json"), tokenizer);
        try (InferenceService other = InferenceService.open(new ReferenceBackend(), Specs.of(model, Batching.none()))) {
            assertThatThrownBy(() -> other.generate(greedy("a<|new|>", 3), new Answer()))
                    .hasMessageContaining("the prompt has the token 264, but the model knows only 264 tokens");
        }
    }

    @Test
    void chatTemplateOfTheFolderIsUsed() throws Exception {
        Files.writeString(model.resolve("chat_template.jinja"), "{{ messages[0].content }}!");
        try (InferenceService other = InferenceService.open(new ReferenceBackend(), Specs.of(model, Batching.none()))) {
            assertThat(other.chatTemplate().render(List.of(new ChatMessage("user", "Hi")), true))
                    .isEqualTo("Hi!");
        }
    }
}
