package dev.weighbridge.core.load;

import dev.weighbridge.api.load.Cancellation;
import dev.weighbridge.api.load.RequestClass;
import dev.weighbridge.api.load.RequestObjectives;
import dev.weighbridge.api.load.Settings;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.datasets.demo.LoadPrompts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what a load asks from the keys of a scenario. */
public final class WorkloadSettings {
    private static final TokenLength.Exactly STANDARD_LENGTH = new TokenLength.Exactly(32);
    private static final PromptPlan STANDARD_PROMPTS = new PromptPlan.Pool(LoadPrompts.DEMO_MIXED);
    private static final int MOST_PREFIXES = 100_000;

    private WorkloadSettings() {}

    /** Sessions of one kind, or of those under {@code classes}. */
    public static WorkloadPlan read(Settings settings) {
        if (!settings.has("classes")) {
            return new WorkloadPlan(List.of(session("all", 1, settings, Optional.empty())));
        }
        List<SessionPlan> classes = settings.values(
                "classes",
                kind -> session(
                        kind.text("name", null), kind.number("weight", 1.0, 1e-6, 1e6), kind, objectives(kind)));
        if (classes.isEmpty()) {
            settings.problem("classes", "must have at least one entry");
            return WorkloadPlan.of(STANDARD_PROMPTS, STANDARD_LENGTH);
        }
        if (classes.stream().map(SessionPlan::name).distinct().count() < classes.size()) {
            settings.problem("classes", "has two entries of the same name");
        }
        if (classes.size() == 1 && classes.get(0).objectives().isPresent()) {
            settings.problem("classes", "has one entry, whose objectives are those of the study: give them there");
        }
        return new WorkloadPlan(classes);
    }

    /** What is not among them is no limit for the class: they take the place of the study's. */
    private static Optional<RequestObjectives> objectives(Settings kind) {
        if (!kind.has("objectives")) {
            return Optional.empty();
        }
        RequestObjectives none = new RequestObjectives(null, null, null, null);
        RequestObjectives read = kind.value(
                "objectives",
                entries -> new RequestObjectives(
                        millis(entries, "ttft"),
                        millis(entries, "tpot"),
                        millis(entries, "e2e"),
                        entries.has("goodput") ? (Double) entries.number("goodput", null, 0, 1) : null),
                none);
        if (read.equals(none)) {
            kind.problem("objectives", "names none of ttft, tpot, e2e and goodput");
        }
        return Optional.of(read);
    }

    private static @Nullable Double millis(Settings settings, String key) {
        return settings.has(key)
                ? (Double) (settings.positiveDuration(key, null).toNanos() / 1e6)
                : null;
    }

    private static SessionPlan session(
            String name, double weight, Settings settings, Optional<RequestObjectives> objectives) {
        return new SessionPlan(
                name,
                weight,
                prompts(settings),
                outputLength(settings),
                settings.whole("turns", 1, 1, RequestClass.MOST_TURNS),
                settings.duration("think", Duration.ZERO),
                settings.has("shared-prefix")
                        ? Optional.of(settings.value(
                                "shared-prefix", WorkloadSettings::prefix, new SessionPlan.Prefix(1, 1, 1)))
                        : Optional.empty(),
                settings.has("cancel") ? cancelled(settings) : Optional.empty(),
                settings.has("key-variable") ? settings.text("key-variable", null) : null,
                objectives);
    }

    private static PromptPlan prompts(Settings settings) {
        if (settings.hasMapping("prompts")) {
            return settings.value("prompts", WorkloadSettings::described, STANDARD_PROMPTS);
        }
        String pool = settings.text("prompts", LoadPrompts.DEMO_MIXED);
        if (!LoadPrompts.ids().contains(pool)) {
            settings.problem(
                    "prompts",
                    "names the pool '" + pool + "', which does not exist. Use one of: "
                            + String.join(", ", LoadPrompts.ids())
                            + "; or a mapping: synthetic: {tokens: 200}, or file: prompts.jsonl");
            return STANDARD_PROMPTS;
        }
        return new PromptPlan.Pool(pool);
    }

    private static PromptPlan described(Settings settings) {
        if (settings.has("synthetic") == settings.has("file")) {
            throw new IllegalArgumentException("needs either 'synthetic' or 'file', or the name of a pool");
        }
        if (settings.has("synthetic")) {
            return settings.value(
                    "synthetic",
                    entries -> new PromptPlan.Synthetic(length(entries, "tokens", STANDARD_LENGTH)),
                    STANDARD_PROMPTS);
        }
        Path file = settings.file("file");
        if (!Files.isRegularFile(file)) {
            settings.problem("file", "names " + file + ", which does not exist");
        }
        return new PromptPlan.Lines(file, settings.text("field", "prompt"));
    }

    private static SessionPlan.Prefix prefix(Settings settings) {
        return new SessionPlan.Prefix(
                settings.whole("tokens", null, 1, TokenLength.MOST_TOKENS),
                settings.whole("count", 1, 1, MOST_PREFIXES),
                settings.number("share", 1.0, 1e-6, 1));
    }

    private static Optional<RequestClass.Cancelled> cancelled(Settings settings) {
        RequestClass.Cancelled whenWrong = new RequestClass.Cancelled(1, new Cancellation(1, null));
        return Optional.of(settings.value(
                "cancel",
                entries -> new RequestClass.Cancelled(
                        entries.number("share", 1.0, 1e-6, 1),
                        new Cancellation(
                                entries.has("after-tokens")
                                        ? entries.whole("after-tokens", null, 1, TokenLength.MOST_TOKENS)
                                        : null,
                                entries.has("after") ? entries.positiveDuration("after", null) : null)),
                whenWrong));
    }

    private static TokenLength outputLength(Settings settings) {
        if (settings.has("max-tokens")) {
            if (settings.has("output-tokens")) {
                settings.problem(
                        "output-tokens",
                        "and 'max-tokens' exclude each other: one fixes the length of every answer, the"
                                + " other only bounds it");
            }
            return new TokenLength.AtMost(tokens(settings, "max-tokens", null));
        }
        return length(settings, "output-tokens", STANDARD_LENGTH);
    }

    private static TokenLength length(Settings settings, String key, TokenLength.Exactly standard) {
        return settings.hasMapping(key)
                ? settings.value(key, WorkloadSettings::distribution, standard)
                : new TokenLength.Exactly(tokens(settings, key, standard.tokens()));
    }

    private static TokenLength distribution(Settings settings) {
        List<String> named = Stream.of("uniform", "log-normal", "empirical")
                .filter(settings::has)
                .toList();
        if (named.size() != 1) {
            throw new IllegalArgumentException(
                    "needs one of 'uniform', 'log-normal' and 'empirical', or the number of tokens of every answer");
        }
        return switch (named.get(0)) {
            case "uniform" ->
                settings.value(
                        "uniform",
                        entries ->
                                new TokenLength.Uniform(tokens(entries, "least", null), tokens(entries, "most", null)),
                        STANDARD_LENGTH);
            case "log-normal" ->
                settings.value(
                        "log-normal",
                        entries -> new TokenLength.LogNormal(
                                tokens(entries, "median", null),
                                entries.number("sigma", null, 0, TokenLength.MOST_SIGMA),
                                tokens(entries, "most", null)),
                        STANDARD_LENGTH);
            default -> empirical(settings);
        };
    }

    private static TokenLength empirical(Settings settings) {
        return settings.hasMapping("empirical")
                ? settings.value(
                        "empirical",
                        entries -> lengths(
                                entries,
                                "file",
                                entries.text("field", ""),
                                tokens(entries, "most", TokenLength.MOST_TOKENS)),
                        STANDARD_LENGTH)
                : lengths(settings, "empirical", "", TokenLength.MOST_TOKENS);
    }

    private static TokenLength lengths(Settings settings, String key, String field, int most) {
        Path file = settings.file(key);
        if (!Files.isRegularFile(file)) {
            settings.problem(key, "names " + file + ", which does not exist");
            return STANDARD_LENGTH;
        }
        return LengthFile.read(file, field, most);
    }

    private static int tokens(Settings settings, String key, @Nullable Integer standard) {
        return settings.whole(key, standard, 1, TokenLength.MOST_TOKENS);
    }
}
