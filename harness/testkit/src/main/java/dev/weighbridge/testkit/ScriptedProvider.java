package dev.weighbridge.testkit;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineCapabilities;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.Precision;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A provider that opens engines by a function a test supplies, and remembers what it was asked to open. */
public final class ScriptedProvider implements EngineProvider {
    private final String id;
    private final EngineCapabilities capabilities;
    private final Availability availability;
    private final Function<EngineSpec, ? extends Engine> opening;
    private final List<EngineSpec> opened = new CopyOnWriteArrayList<>();

    public ScriptedProvider(
            String id,
            EngineCapabilities capabilities,
            Availability availability,
            Function<EngineSpec, ? extends Engine> opening) {
        this.id = id;
        this.capabilities = capabilities;
        this.availability = availability;
        this.opening = opening;
    }

    /** An available provider of {@link ScriptedEngine}s with {@link #everything} as its capabilities. */
    public static ScriptedProvider answering(String id, Function<GenerationRequest, String> answers) {
        return opening(id, spec -> ScriptedEngine.answering(id, spec, answers));
    }

    /** An available provider with {@link #everything} as its capabilities. */
    public static ScriptedProvider opening(String id, Function<EngineSpec, ? extends Engine> opening) {
        return new ScriptedProvider(id, everything(), new Availability.Available("scripted"), opening);
    }

    /** The same provider with other capabilities. */
    public ScriptedProvider withCapabilities(EngineCapabilities changed) {
        return new ScriptedProvider(id, changed, availability, opening);
    }

    /** Every precision, policy and device, scores and logits. */
    public static EngineCapabilities everything() {
        return new EngineCapabilities(
                Set.of(Precision.values()),
                Set.of(Batching.Policy.values()),
                Set.of(DeviceRequest.Kind.values()),
                true,
                true);
    }

    /** Specs passed to {@link #open}, in order, also of those that failed. */
    public List<EngineSpec> opened() {
        return List.copyOf(opened);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public EngineCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public Availability probe() {
        return availability;
    }

    @Override
    public Engine open(EngineSpec spec) {
        opened.add(spec);
        if (availability instanceof Availability.Unavailable missing) {
            throw new EngineException(
                    EngineException.Category.UNAVAILABLE,
                    "engine " + id + " is not available: " + missing.reason() + ". " + missing.remedy());
        }
        capabilities.refusal(spec.precision(), spec.batching().policy()).ifPresent(reason -> {
            throw new EngineException(EngineException.Category.BAD_REQUEST, "engine " + id + ": " + reason);
        });
        return opening.apply(spec);
    }
}
