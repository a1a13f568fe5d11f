package dev.weighbridge.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.Batching;
import dev.weighbridge.api.Completion;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineCapabilities;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.LogitsEngine;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.TokenListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every engine keeps. A test class of an engine extends it, names its provider and a small model, and may override
 * the spec; one engine is opened for all tests of the class. Where the provider is not available the tests are skipped
 * with its reason.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EngineContract {
    private static final int ANSWER_TOKENS = 12;
    /** By which kernels may round otherwise where a context is computed once for several continuations. */
    private static final double SCORE_TOLERANCE = 1e-3;

    private @Nullable Path scratchFolder;

    private @Nullable Engine opened;

    /** The provider under test. */
    protected abstract EngineProvider provider();

    /** Folder of a checkpoint that the engine can run in a moment. */
    protected abstract Path model();

    /** How the shared engine is opened. */
    protected EngineSpec spec() {
        return specOf(model(), Precision.FP32);
    }

    /** A prompt within the model's language, whose greedy answer is at least four tokens long. */
    protected String prompt() {
        return "Once upon a time";
    }

    /** A spec for the CPU with continuous batching where the engine has it. */
    protected final EngineSpec specOf(Path model, Precision precision) {
        boolean continuous = provider().capabilities().batching().contains(Batching.Policy.CONTINUOUS);
        return new EngineSpec(
                model,
                precision,
                continuous ? Batching.continuous(4) : Batching.none(),
                DeviceRequest.CPU,
                1,
                0,
                scratch().resolve("cache"),
                scratch().resolve("engine.log"));
    }

    /** A folder of the class's own, removed after its tests. */
    protected final Path scratch() {
        if (scratchFolder == null) {
            throw new IllegalStateException("the scratch folder exists only while tests run");
        }
        return scratchFolder;
    }

    @BeforeAll
    void openSharedEngine(@TempDir Path folder) {
        scratchFolder = folder;
        if (provider().probe() instanceof Availability.Unavailable missing) {
            assumeTrue(false, provider().id() + " is not available: " + missing.reason());
        }
        opened = provider().open(spec());
    }

    @AfterAll
    void closeSharedEngine() {
        if (opened != null) {
            opened.close();
        }
    }

    @Test
    void infoNamesTheProviderAndWhatWasAskedFor() {
        assertThat(engine().info().engineId()).isEqualTo(provider().id());
        assertThat(engine().info().version()).isNotBlank();
        assertThat(engine().info().device()).isNotBlank();
        assertThat(engine().info().precision()).isEqualTo(spec().precision());
        assertThat(engine().info().modelName()).isNotBlank();
        assertThat(engine().info().contextLength()).isPositive();
    }

    @Test
    void streamedPiecesAreNotEmptyAndConcatenateToTheText() {
        List<String> pieces = new ArrayList<>();
        Completion completion = engine().generate(greedy(prompt(), ANSWER_TOKENS), pieces::add);
        assertThat(completion.text()).isNotEmpty();
        assertThat(pieces).doesNotContain("");
        assertThat(String.join("", pieces)).isEqualTo(completion.text());
        assertThat(completion.promptTokens()).isPositive();
        assertThat(completion.outputTokens()).isPositive();
    }

    @Test
    void piecesAreHeardOnTheCallingThread() {
        List<Thread> threads = new ArrayList<>();
        engine().generate(greedy(prompt(), ANSWER_TOKENS), text -> threads.add(Thread.currentThread()));
        assertThat(threads).isNotEmpty().containsOnly(Thread.currentThread());
    }

    @Test
    void greedyAnswersAreTheSameEveryTime() {
        assertThat(answer(prompt())).isEqualTo(answer(prompt()));
    }

    @Test
    void maximumOfTokensIsHonoured() {
        for (int limit : new int[] {1, 2, 5}) {
            Completion completion = engine().generate(greedy(prompt(), limit), TokenListener.NONE);
            assertThat(completion.outputTokens()).isBetween(1, limit);
            if (completion.finishReason() == Completion.FinishReason.LENGTH) {
                assertThat(completion.outputTokens()).isEqualTo(limit);
            }
        }
    }

    @Test
    void answerEndsBeforeAStopTextAndDoesNotContainIt() {
        String whole = answer(prompt());
        String stop = whole.substring(whole.length() / 2, Math.min(whole.length(), whole.length() / 2 + 2));
        List<String> pieces = new ArrayList<>();
        Completion completion = engine().generate(
                        new GenerationRequest(
                                prompt(),
                                ANSWER_TOKENS,
                                GenerationRequest.Sampling.GREEDY,
                                List.of(stop, "\u0000never")),
                        pieces::add);
        assertThat(completion.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(String.join("", pieces)).isEqualTo(completion.text());
        assertThat(completion.finishReason()).isEqualTo(Completion.FinishReason.STOP);
    }

    @Test
    void concurrentRequestsAgreeWithSingleOnes() throws InterruptedException, ExecutionException {
        List<String> prompts =
                List.of(prompt(), prompt() + " there", "A", prompt() + ", long ago, and then", "The", "He");
        List<String> alone = prompts.stream().map(this::answer).toList();
        ExecutorService users = Executors.newFixedThreadPool(prompts.size());
        try {
            List<Future<String>> together = new ArrayList<>();
            for (String text : prompts) {
                together.add(users.submit(() -> answer(text)));
            }
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(together.get(i).get()).as(prompts.get(i)).isEqualTo(alone.get(i));
            }
        } finally {
            users.shutdownNow();
        }
    }

    @Test
    void seededSamplingIsRepeatable() {
        GenerationRequest request = new GenerationRequest(
                prompt(), ANSWER_TOKENS, new GenerationRequest.Sampling(1.0, 0, 1, 7L), List.of());
        assertThat(engine().generate(request, TokenListener.NONE).text())
                .isEqualTo(engine().generate(request, TokenListener.NONE).text());
    }

    @Test
    void greedyContinuationScoresAsGreedyAndAboveAnother() {
        assertThat(engine() instanceof ScoringEngine)
                .isEqualTo(provider().capabilities().scores());
        assumeTrue(engine() instanceof ScoringEngine, "engine does not score");
        ScoringEngine scoring = (ScoringEngine) engine();
        String greedy =
                engine().generate(greedy(prompt(), 4), TokenListener.NONE).text();
        ScoringEngine.Score best = scoring.score(prompt(), greedy);
        ScoringEngine.Score other = scoring.score(prompt(), " zqxv jkwq qqzx");
        assertThat(best.greedy()).isTrue();
        assertThat(best.tokens()).isPositive();
        assertThat(best.logLikelihood()).isNegative().isFinite();
        assertThat(other.greedy()).isFalse();
        assertThat(other.logLikelihood()).isFinite().isLessThan(best.logLikelihood());
        assertThat(scoring.score(prompt(), greedy)).isEqualTo(best);
        List<ScoringEngine.Score> together = scoring.score(prompt(), List.of(" zqxv jkwq qqzx", greedy, greedy));
        assertThat(together).hasSize(3);
        assertThat(together.get(0).logLikelihood()).isCloseTo(other.logLikelihood(), within(SCORE_TOLERANCE));
        assertThat(together.get(1).logLikelihood()).isCloseTo(best.logLikelihood(), within(SCORE_TOLERANCE));
        assertThat(together.get(2)).isEqualTo(together.get(1));
    }

    @Test
    void logitsHaveOneFiniteRowForEachToken() {
        assertThat(engine() instanceof LogitsEngine)
                .isEqualTo(provider().capabilities().logits());
        assumeTrue(engine() instanceof LogitsEngine, "engine shows no logits");
        LogitsEngine.Logits logits = ((LogitsEngine) engine()).logits(prompt());
        assertThat(logits.tokens()).isNotEmpty();
        assertThat(logits.vocabularySize()).isPositive();
        assertThat(Arrays.stream(logits.tokens()).max().orElseThrow()).isLessThan(logits.vocabularySize());
        assertThat(logits.values()).hasSize(logits.tokens().length * logits.vocabularySize());
        for (float value : logits.values()) {
            assertThat(Float.isFinite(value)).isTrue();
        }
    }

    @Test
    void closingTwiceHasNoEffectAndAClosedEngineRefuses() {
        Engine own = provider().open(spec());
        own.close();
        own.close();
        assertThatThrownBy(() -> own.generate(greedy(prompt(), 1), TokenListener.NONE))
                .isInstanceOf(EngineException.class);
    }

    @Test
    void missingAndCorruptModelsAreBadModels() throws IOException {
        Path missing = scratch().resolve("no-such-model");
        Path corrupt = Files.createDirectories(scratch().resolve("corrupt-model"));
        Files.write(corrupt.resolve("config.json"), "{\"architectures\": 7".getBytes(UTF_8));
        for (Path folder : List.of(missing, corrupt)) {
            EngineException failure = catchThrowableOfType(
                    EngineException.class,
                    () -> provider().open(specOf(folder, spec().precision())).close());
            assertThat(failure).as(folder.toString()).isNotNull();
            assertThat(failure.category()).isEqualTo(EngineException.Category.BAD_MODEL);
            assertThat(failure).hasMessageContaining(String.valueOf(folder.getFileName()));
        }
    }

    @Test
    void precisionThatIsNotDeclaredIsRefusedByName() {
        EngineCapabilities capabilities = provider().capabilities();
        List<Precision> undeclared = Arrays.stream(Precision.values())
                .filter(precision -> !capabilities.precisions().contains(precision))
                .toList();
        assumeTrue(!undeclared.isEmpty(), "engine declares every precision");
        Precision precision = undeclared.get(0);
        assertThatThrownBy(() -> provider().open(specOf(model(), precision)).close())
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(precision.id())
                .hasMessageContaining("not offered");
    }

    /** The shared engine. */
    protected final Engine engine() {
        if (opened == null) {
            throw new IllegalStateException("the shared engine is not open");
        }
        return opened;
    }

    private String answer(String text) {
        return engine().generate(greedy(text, ANSWER_TOKENS), TokenListener.NONE)
                .text();
    }

    private static GenerationRequest greedy(String text, int tokens) {
        return new GenerationRequest(text, tokens, GenerationRequest.Sampling.GREEDY, List.of());
    }
}
