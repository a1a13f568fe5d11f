package dev.weighbridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.TokenListener;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailingEnginesTest {
    private static final GenerationRequest REQUEST =
            new GenerationRequest("one two", 8, GenerationRequest.Sampling.GREEDY, List.of());
    private static final EngineSpec SPEC = new EngineSpec(
            Path.of("model"),
            Precision.FP32,
            Batching.none(),
            DeviceRequest.CPU,
            1,
            0,
            Path.of("cache"),
            Path.of("engine.log"));

    @Test
    void unavailableProviderSaysSoAndDoesNotOpen() {
        EngineProvider provider = FailingEngines.unavailable("absent", "library is missing", "Install it");
        assertThat(provider.probe()).isEqualTo(new Availability.Unavailable("library is missing", "Install it"));
        assertThat(failureOf(() -> provider.open(SPEC)).category()).isEqualTo(Category.UNAVAILABLE);
    }

    @Test
    void failureToOpenHasItsCategoryAndIsRemembered() {
        ScriptedProvider provider = FailingEngines.failingToOpen("broken", Category.BAD_MODEL, "no weights");
        EngineException failure = failureOf(() -> provider.open(SPEC));
        assertThat(failure.category()).isEqualTo(Category.BAD_MODEL);
        assertThat(failure).hasMessage("no weights");
        assertThat(provider.opened()).containsExactly(SPEC);
    }

    @Test
    void crashComesAfterTheGivenCallsAndStays() {
        Engine engine = FailingEngines.crashingAfter("fragile", 2).open(SPEC);
        assertThat(engine.generate(REQUEST, TokenListener.NONE).text()).isEqualTo("one two");
        assertThat(((ScoringEngine) engine).score("one", " two").tokens()).isEqualTo(1);
        for (int i = 0; i < 2; i++) {
            assertThat(failureOf(() -> engine.generate(REQUEST, TokenListener.NONE))
                            .category())
                    .isEqualTo(Category.CRASHED);
        }
    }

    @Test
    void generatingOnlyHidesEveryOtherCapability() {
        Engine engine =
                FailingEngines.generatingOnly(ScriptedEngine.answering("scripted", SPEC, GenerationRequest::prompt));
        assertThat(engine).isNotInstanceOf(ScoringEngine.class);
        assertThat(engine.generate(REQUEST, TokenListener.NONE).outputTokens()).isEqualTo(2);
    }

    private static EngineException failureOf(Runnable call) {
        return catchThrowableOfType(EngineException.class, call::run);
    }
}
