package dev.weighbridge.core.run;

import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.FileHash;
import dev.weighbridge.core.load.PromptPlan;
import dev.weighbridge.core.load.SessionPlan;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.datasets.demo.LoadPrompts;
import dev.weighbridge.results.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the prompts of a study's loads come from, for the record. */
final class PromptData {
    private static final String VERSION = "1";
    private static final String OURS = "Apache-2.0";
    private static final int HASHED = 1_000;

    private PromptData() {}

    /**
     * Each source once, in the order of the study. Prompts without meaning have none: they follow from the study's seed.
     *
     * @throws ConfigException when a file cannot be read
     */
    static List<Manifest.Data> of(Study study) {
        return Stream.concat(
                        study.scenarios().stream(), study.capacity().stream().map(Study.Capacity::load))
                .flatMap(scenario -> scenario.workload().sessions().stream())
                .flatMap(session ->
                        Stream.concat(of(session.prompts(), study.seed()).stream(), lengths(session).stream()))
                .distinct()
                .toList();
    }

    /** Files of lengths that were seen, of prompts and of answers. */
    private static List<Manifest.Data> lengths(SessionPlan session) {
        List<TokenLength> lengths = new ArrayList<>(List.of(session.outputLength()));
        if (session.prompts() instanceof PromptPlan.Synthetic synthetic) {
            lengths.add(synthetic.length());
        }
        return lengths.stream()
                .filter(TokenLength.Empirical.class::isInstance)
                .map(TokenLength.Empirical.class::cast)
                .map(seen -> new Manifest.Data(
                        "lengths " + seen.file().getFileName(),
                        VERSION,
                        FileHash.of(seen.file()),
                        "unknown",
                        seen.tokens().length))
                .toList();
    }

    private static Optional<Manifest.Data> of(PromptPlan prompts, long seed) {
        if (prompts instanceof PromptPlan.Pool pool) {
            return Optional.of(new Manifest.Data(
                    "prompts " + pool.id(), VERSION, LoadPrompts.sha256(pool.id(), seed), OURS, HASHED));
        }
        if (prompts instanceof PromptPlan.Lines lines) {
            return Optional.of(new Manifest.Data(
                    "prompts " + lines.path().getFileName(),
                    VERSION,
                    FileHash.of(lines.path()),
                    "unknown",
                    lines.open(new PromptPlan.Draw(seed, 0)).size()));
        }
        return Optional.empty();
    }
}
