package dev.weighbridge.core.judging;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.results.Judge;
import dev.weighbridge.scoring.judge.JudgePrompts;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a judge is asked.
 *
 * @param kind of judgement
 * @param rubric what it is to look at
 * @param maxTokens most tokens of a reply
 * @param chat whether a checkpoint is asked by its chat template, which is part of how it is asked; a server does so by its protocol
 */
public record JudgeAsking(Judge.Kind kind, String rubric, int maxTokens, boolean chat) {
    /** For a task that says nothing of its own. */
    public static final String DEFAULT_RUBRIC =
            "Whether the answer is right, whether it says all that was asked for and nothing else, and whether it is clear.";

    private static final int LONGEST_RUBRIC = 20_000;
    private static final String UNKNOWN = "unknown";

    /**
     * The rubric of a file.
     *
     * @throws ConfigException when it cannot be read, is empty or too long
     */
    public static String rubric(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ConfigException("rubric " + file + " is not a file");
        }
        try {
            if (Files.size(file) > 4L * LONGEST_RUBRIC) {
                throw tooLong(file);
            }
            String text = Files.readString(file);
            if (text.isBlank()) {
                throw new ConfigException("rubric " + file + " is empty. Say in it what a judge is to look at.");
            }
            if (text.length() > LONGEST_RUBRIC) {
                throw tooLong(file);
            }
            return text;
        } catch (IOException e) {
            throw new ConfigException("rubric " + file + " cannot be read as UTF-8: " + e);
        }
    }

    private static ConfigException tooLong(Path file) {
        return new ConfigException("rubric " + file + " has more than " + LONGEST_RUBRIC + " characters");
    }

    /** What is asked, with names in the place of the texts. */
    public String wording() {
        return (chat ? "A user's message, by the model's chat template:\n\n" : "") + text();
    }

    private String text() {
        return switch (kind) {
            case PAIRS ->
                JudgePrompts.pair(rubric, "{question}", "{one answer}", "{the other answer}")
                        .straight();
            case GRADES -> JudgePrompts.rating(rubric, "{question}", "{answer}", "{right answer, where there is one}");
        };
    }

    /** SHA-256 of {@link #wording}, hex. */
    public String wordingSha256() {
        return sha256(wording());
    }

    /** The judge that an engine is which opened a checkpoint of that SHA-256. */
    public Judge judge(EngineInfo info, String modelSha256) {
        return judge(info, modelSha256, null, info.precision().id());
    }

    /** The judge that a server is; what it computes with it does not say. */
    public Judge judge(EngineInfo info, Endpoint server) {
        URI base = server.base();
        String port = base.getPort() < 0 ? "" : ":" + base.getPort();
        String path = base.getPath() == null ? "" : base.getPath();
        String address = base.getScheme() + "://" + base.getHost() + port + path;
        return judge(info, null, address + " " + server.protocol(), UNKNOWN);
    }

    private Judge judge(EngineInfo info, @Nullable String modelSha256, @Nullable String server, String precision) {
        return new Judge(
                kind,
                info.modelName(),
                modelSha256,
                info.engineId(),
                info.version(),
                server,
                precision,
                info.device(),
                maxTokens,
                wordingSha256());
    }

    static String sha256(String text) {
        return TaskSets.sha256(text.getBytes(StandardCharsets.UTF_8));
    }
}
