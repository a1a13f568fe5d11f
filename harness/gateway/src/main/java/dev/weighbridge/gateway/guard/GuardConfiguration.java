package dev.weighbridge.gateway.guard;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads a chain of guards from the mapping that a study file or a file of JSON holds:
 *
 * <pre>{@code
 * refusal: "…"                # text in the place of what is withheld
 * blocked-prompt: answer      # or error, see GuardPolicy.BlockedPrompt
 * stream-window: 200          # characters of a stream that are looked at together
 * stream-release: sentence    # or window, see GuardPolicy.ReleaseAt
 * guards:                     # in the order in which they judge
 *   - type: regex
 *     id: secrets             # of every guard; its type where absent
 *     sides: [input, output]  # of every guard; both where absent
 *     on-error: block         # of every guard, or pass
 *     action: block           # or mask
 *     patterns: {project: "(?i)project \\w+"}
 *   - type: pii
 *     action: mask            # or block
 *     kinds: [email, phone]   # all where absent
 *   - type: topics
 *     files: {weapons: weapons.txt}   # relative to the study file; the standard topics where absent
 *     threshold: 1
 *   - type: classifier
 *     model: toxicity         # folder of an ONNX model with labels, relative to the study file
 *     labels: [toxic, insult] # those that mean harm
 *     threshold: 0.5          # least probability of a block
 *   - type: http
 *     url: http://127.0.0.1:9000/judge
 *     protocol: weighbridge   # or openai-moderations
 *     model: omni-moderation-latest   # for moderations alone
 *     key-environment: MODERATION_KEY # name of the variable that holds the key
 *     timeout: 2s
 * }</pre>
 */
final class GuardConfiguration {
    private static final List<String> TYPES = List.of("regex", "pii", "topics", "classifier", "http");
    private static final double STANDARD_PROBABILITY = 0.5;
    private static final Duration STANDARD_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration MOST_TIMEOUT = Duration.ofMinutes(1);
    private static final int MOST_GUARDS = 50;

    private final Path folder;
    private final UnaryOperator<@Nullable String> environment;

    GuardConfiguration(Path folder, UnaryOperator<@Nullable String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    GuardChain chain(Map<String, Object> configuration) {
        Mapping top = Mapping.of("", configuration);
        GuardPolicy standard = GuardPolicy.STANDARD;
        GuardPolicy policy = new GuardPolicy(
                top.text("refusal", standard.refusal()),
                top.choice(
                        "blocked-prompt",
                        standard.blockedPrompt(),
                        List.of(GuardPolicy.BlockedPrompt.values()),
                        GuardPolicy.BlockedPrompt::id),
                top.whole("stream-window", standard.window(), GuardPolicy.LEAST_WINDOW, GuardPolicy.MOST_WINDOW),
                top.choice(
                        "stream-release",
                        standard.release(),
                        List.of(GuardPolicy.ReleaseAt.values()),
                        GuardPolicy.ReleaseAt::id));
        List<Mapping> entries = top.mappings("guards");
        top.end();
        if (entries.size() > MOST_GUARDS) {
            throw new IllegalArgumentException("guards must be at most " + MOST_GUARDS + ", got: " + entries.size());
        }
        List<Guard> guards = new ArrayList<>();
        for (Mapping entry : entries) {
            guards.add(guard(entry));
        }
        return new GuardChain(guards, policy);
    }

    private Guard guard(Mapping entry) {
        String type = entry.choice("type", null, TYPES, name -> name);
        Guard.Post post = new Guard.Post(
                entry.text("id", type),
                entry.choices("sides", List.of(Side.values()), Side::id),
                entry.choice("on-error", OnError.BLOCK, List.of(OnError.values()), OnError::id));
        try {
            Guard guard = switch (type) {
                case "regex" -> new RegexGuard(post, action(entry, Action.BLOCK), entry.texts("patterns"));
                case "pii" ->
                    new PiiGuard(
                            post,
                            action(entry, Action.MASK),
                            entry.choices("kinds", List.of(PiiKind.values()), PiiKind::id));
                case "topics" -> new TopicGuard(post, topics(entry), entry.whole("threshold", 1, 1, 1_000));
                case "classifier" ->
                    new ClassifierGuard(
                            post,
                            ClassifierGuard.open(folder.resolve(entry.text("model"))),
                            entry.list("labels"),
                            entry.number("threshold", STANDARD_PROBABILITY, 0, 1));
                default -> http(post, entry);
            };
            entry.end();
            return guard;
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(entry.path()) ? e : new IllegalArgumentException(entry.path() + ": " + message, e);
        }
    }

    private static Action action(Mapping entry, Action standard) {
        return entry.choice("action", standard, List.of(Action.values()), Action::id);
    }

    private List<Topic> topics(Mapping entry) {
        if (!entry.has("files")) {
            return Topic.standard();
        }
        List<Topic> topics = new ArrayList<>();
        entry.texts("files").forEach((name, file) -> topics.add(Topic.read(name, folder.resolve(file))));
        return topics;
    }

    private HttpGuard http(Guard.Post post, Mapping entry) {
        HttpGuard.Protocol protocol = entry.choice(
                "protocol",
                HttpGuard.Protocol.WEIGHBRIDGE,
                List.of(HttpGuard.Protocol.values()),
                HttpGuard.Protocol::id);
        String model =
                protocol == HttpGuard.Protocol.OPENAI_MODERATIONS && entry.has("model") ? entry.text("model") : null;
        String variable = entry.has("key-environment") ? entry.text("key-environment") : null;
        String key = null;
        if (variable != null) {
            key = environment.apply(variable);
            if (key == null || key.isBlank()) {
                throw entry.wrong("key-environment", "must name an environment variable that is set", variable);
            }
        }
        URI address = address(entry);
        Duration timeout = entry.duration("timeout", STANDARD_TIMEOUT, MOST_TIMEOUT);
        return new HttpGuard(post, new HttpGuard.Endpoint(address, protocol, model, timeout, variable), key);
    }

    private static URI address(Mapping entry) {
        String url = entry.text("url");
        try {
            return URI.create(url);
        } catch (IllegalArgumentException e) {
            throw entry.wrong("url", "must be an address", url);
        }
    }
}
