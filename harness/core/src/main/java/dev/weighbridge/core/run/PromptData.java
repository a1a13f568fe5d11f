package dev.weighbridge.core.run;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.load.PromptPlan;
import dev.weighbridge.core.load.SessionPlan;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.datasets.demo.LoadPrompts;
import dev.weighbridge.results.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
                .map(SessionPlan::prompts)
                .distinct()
                .flatMap(prompts -> of(prompts, study.seed()).stream())
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
                    sha256(lines.path()),
                    "unknown",
                    lines.open(new PromptPlan.Draw(seed, 0)).size()));
        }
        return Optional.empty();
    }

    private static String sha256(Path file) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream bytes = new DigestInputStream(Files.newInputStream(file), digest)) {
                bytes.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new ConfigException("prompt file " + file + " cannot be read: " + e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
