package dev.weighbridge.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.Completion.FinishReason;
import dev.weighbridge.api.GenerationRequest.Sampling;
import dev.weighbridge.inference.reference.ReferenceBackend;
import dev.weighbridge.inference.reference.TinyCheckpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever shares a batch, and however it is grouped, an answer is the one that its request has alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchedAnswersTest {
    private static final int REQUESTS = 24;

    private Path model;
    private final Map<TextRequest, Answer.Finished> alone = new HashMap<>();

    @BeforeAll
    void answerOneAtATime(@TempDir Path scratch) {
        // Some bytes end an answer, so that rows end at different times.
        model = TinyCheckpoint.write(
                scratch.resolve("model"), IntStream.range(100, 108).boxed().toList());
        try (InferenceService service = service(Batching.none())) {
            for (TextRequest request : requests(Sampling.GREEDY)) {
                alone.put(request, answer(service, request).await());
            }
            for (TextRequest request : requests(new Sampling(0.9, 0, 1, 7L))) {
                alone.put(request, answer(service, request).await());
            }
            for (TextRequest request : requests(new Sampling(1.3, 40, 0.8, 8L))) {
                alone.put(request, answer(service, request).await());
            }
        }
        List<FinishReason> reasons =
                alone.values().stream().map(Answer.Finished::reason).toList();
        assertThat(reasons).contains(FinishReason.STOP, FinishReason.LENGTH);
        assertThat(alone.values().stream()
                        .map(Answer.Finished::outputTokens)
                        .distinct()
                        .count())
                .isGreaterThan(8);
    }

    @AfterAll
    void forget() {
        alone.clear();
    }

    static Stream<Batching> policies() {
        return Stream.of(
                Batching.none(),
                new Batching(Batching.Policy.STATIC, 4, Duration.ofMillis(1)),
                new Batching(Batching.Policy.STATIC, 3, Duration.ZERO),
                new Batching(Batching.Policy.DYNAMIC, 4, Duration.ofMillis(1)),
                new Batching(Batching.Policy.DYNAMIC, 7, Duration.ZERO),
                Batching.continuous(1),
                Batching.continuous(3),
                Batching.continuous(8),
                Batching.continuous(32));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void greedyAnswersDoNotDependOnBatchMates(Batching batching) {
        requireSameAnswers(batching, requests(Sampling.GREEDY));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void seededAnswersDoNotDependOnBatchMates(Batching batching) {
        List<TextRequest> requests = new ArrayList<>(requests(new Sampling(0.9, 0, 1, 7L)));
        requests.addAll(requests(new Sampling(1.3, 40, 0.8, 8L)));
        requireSameAnswers(batching, requests);
    }

    private void requireSameAnswers(Batching batching, List<TextRequest> requests) {
        SplittableRandom random = new SplittableRandom(batching.hashCode());
        try (InferenceService service = service(batching)) {
            List<TextRequest> waiting = new ArrayList<>(requests);
            Map<TextRequest, Answer> answers = new HashMap<>();
            while (!waiting.isEmpty()) {
                TextRequest request = waiting.remove(random.nextInt(waiting.size()));
                Answer answer = answer(service, request);
                answers.put(request, answer);
                if (random.nextInt(4) == 0) {
                    // The next ones arrive when this one is through, at whatever step the others are then.
                    answer.await();
                }
            }
            answers.forEach((request, answer) ->
                    assertThat(answer.await()).as("%s", request).isEqualTo(alone.get(request)));
        }
    }

    /** Prompts from one token to most of the context, answers from one token to what is left. */
    private static List<TextRequest> requests(Sampling sampling) {
        SplittableRandom random = new SplittableRandom(5);
        List<TextRequest> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            StringBuilder prompt = new StringBuilder();
            int length = i % 3 == 0 ? 70 + random.nextInt(80) : 1 + random.nextInt(20);
            for (int k = 0; k < length; k++) {
                prompt.append((char) (' ' + random.nextInt(90)));
            }
            requests.add(new TextRequest(prompt.toString(), 1 + random.nextInt(40), sampling, List.of(), -1));
        }
        return requests;
    }

    private static Answer answer(InferenceService service, TextRequest request) {
        Answer answer = new Answer();
        service.generate(request, answer);
        return answer;
    }

    private InferenceService service(Batching batching) {
        return InferenceService.open(new ReferenceBackend(), Specs.of(model, batching));
    }
}
