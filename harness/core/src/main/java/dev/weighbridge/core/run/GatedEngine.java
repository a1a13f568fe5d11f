package dev.weighbridge.core.run;

import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.LogitsEngine;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.TokenListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An engine behind a gateway: everything that is written comes through it, loads and answers alike. Likelihoods and logits of given
 * texts are the engine's own, since a gateway changes neither.
 */
class GatedEngine implements EndpointEngine {
    private final EndpointEngine inner;
    private final EndpointEngine front;
    private final EngineInfo info;

    /**
     * @param inner engine before which the gateway stands
     * @param front the gateway as an engine, which ends with it
     * @param description of what the gateway does, for the record
     */
    GatedEngine(EndpointEngine inner, EndpointEngine front, String description) {
        this.inner = inner;
        this.front = front;
        EngineInfo own = inner.info();
        Map<String, String> details = new TreeMap<>(own.details());
        details.put("gateway", description);
        this.info = new EngineInfo(
                own.engineId(),
                own.version(),
                own.device(),
                own.precision(),
                own.modelName(),
                own.contextLength(),
                details);
    }

    /** The gated engine with the capabilities of the one inside. */
    static GatedEngine of(EndpointEngine inner, EndpointEngine front, String description) {
        if (inner instanceof LogitsEngine logits && inner instanceof ScoringEngine scoring) {
            return new Open(inner, front, description, scoring, logits);
        }
        return inner instanceof ScoringEngine scoring
                ? new Scoring(inner, front, description, scoring)
                : new GatedEngine(inner, front, description);
    }

    @Override
    public final EngineInfo info() {
        return info;
    }

    @Override
    public final Completion generate(GenerationRequest request, TokenListener listener) {
        return front.generate(request, listener);
    }

    @Override
    public final Endpoint endpoint() {
        return front.endpoint();
    }

    @Override
    public final OptionalLong processId() {
        return inner.processId();
    }

    @Override
    public final List<Long> processes() {
        List<Long> processes = new ArrayList<>(inner.processes());
        processes.addAll(front.processes());
        return processes;
    }

    /** What the gateway has counted so far; {@code null} when it does not say. */
    final @Nullable GatewayCounters counters() {
        return GatewayCounters.of(front.endpoint().base());
    }

    @Override
    public final String metricsPath() {
        return inner.metricsPath();
    }

    @Override
    public final void requireRunning() {
        inner.requireRunning();
        front.requireRunning();
    }

    @Override
    public final void close() {
        front.close();
        inner.close();
    }

    /** One whose engine scores texts. */
    private static class Scoring extends GatedEngine implements ScoringEngine {
        private final ScoringEngine scoring;

        Scoring(EndpointEngine inner, EndpointEngine front, String description, ScoringEngine scoring) {
            super(inner, front, description);
            this.scoring = scoring;
        }

        @Override
        public List<Score> score(String context, List<String> continuations) {
            return scoring.score(context, continuations);
        }
    }

    /** One whose engine shows its logits too. */
    private static final class Open extends Scoring implements LogitsEngine {
        private final LogitsEngine logits;

        Open(
                EndpointEngine inner,
                EndpointEngine front,
                String description,
                ScoringEngine scoring,
                LogitsEngine logits) {
            super(inner, front, description, scoring);
            this.logits = logits;
        }

        @Override
        public Logits logits(String text) {
            return logits.logits(text);
        }

        @Override
        public List<String> vocabulary() {
            return logits.vocabulary();
        }
    }
}
