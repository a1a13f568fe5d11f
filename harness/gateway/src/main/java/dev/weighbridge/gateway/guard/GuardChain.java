package dev.weighbridge.gateway.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guards one behind the other: each judges what the one before lets through, masked as it may be, and the first block ends it.
 */
public final class GuardChain {
    private static final Logger LOG = LoggerFactory.getLogger(GuardChain.class);
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
    private static final int ID_DIGITS = 12;

    private final List<Guard> guards;
    private final GuardPolicy policy;

    /**
     * A chain; one without guards lets everything through.
     *
     * @throws IllegalArgumentException when two guards have the same id
     */
    public GuardChain(List<Guard> guards, GuardPolicy policy) {
        this.guards = List.copyOf(guards);
        this.policy = policy;
        Set<String> ids = new java.util.HashSet<>();
        for (Guard guard : guards) {
            if (!ids.add(guard.post().id())) {
                throw new IllegalArgumentException(
                        "two guards are called '" + guard.post().id() + "'. Give each its own id");
            }
        }
    }

    /**
     * The chain that a configuration describes, see {@link GuardConfiguration}.
     *
     * @param folder that files of topics are relative to
     * @param environment value of an environment variable, or {@code null}; usually {@code System::getenv}
     * @throws IllegalArgumentException when a key is unknown or missing, a value is wrong, or a file cannot be read
     */
    public static GuardChain of(
            Map<String, Object> configuration, Path folder, UnaryOperator<@Nullable String> environment) {
        return new GuardConfiguration(folder, environment).chain(configuration);
    }

    /** The guards that come along: topics are blocked, and personal and secret data is masked, on both sides. */
    public static GuardChain standard() {
        Set<Side> both = Set.of(Side.INPUT, Side.OUTPUT);
        return new GuardChain(
                List.of(
                        new TopicGuard(new Guard.Post("topics", both, OnError.BLOCK), Topic.standard(), 1),
                        new PiiGuard(new Guard.Post("pii", both, OnError.BLOCK), Action.MASK, PiiMasking.ALL)),
                GuardPolicy.STANDARD);
    }

    /** The guards in their order. */
    public List<Guard> guards() {
        return guards;
    }

    /** What a client sees of a block. */
    public GuardPolicy policy() {
        return policy;
    }

    /** Whether any guard judges this side. */
    public boolean judges(Side side) {
        return guards.stream().anyMatch(guard -> guard.post().sides().contains(side));
    }

    /** Judges a text; what a guard cannot judge is let through or blocked as the guard's post says. */
    public Judgement judge(Side side, String text) {
        List<String> maskedBy = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        String current = text;
        for (Guard guard : guards) {
            if (!guard.post().sides().contains(side)) {
                continue;
            }
            Verdict verdict = verdict(guard, side, current, failed);
            if (verdict instanceof Verdict.Blocked) {
                return new Judgement(verdict, maskedBy, failed);
            }
            if (verdict instanceof Verdict.Masked masked && !masked.text().equals(current)) {
                maskedBy.add(guard.post().id());
                findings.addAll(masked.findings());
                current = masked.text();
            }
        }
        // Places in a text that another guard has changed before are nobody's.
        List<Finding> placed = maskedBy.size() == 1 ? findings : List.of();
        return new Judgement(maskedBy.isEmpty() ? Verdict.PASS : new Verdict.Masked(current, placed), maskedBy, failed);
    }

    private static Verdict verdict(Guard guard, Side side, String text, List<String> failed) {
        Guard.Post post = guard.post();
        try {
            return guard.judge(side, text);
        } catch (GuardException e) {
            LOG.warn("guard '{}' could not judge: {}", post.id(), e.getMessage());
            failed.add(post.id());
            return post.onError() == OnError.PASS ? Verdict.PASS : new Verdict.Blocked(post.id(), "guard-failed", "");
        }
    }

    /** Everything that the chain's verdicts depend on as one line of JSON with sorted keys, without keys or passwords. */
    public String description() {
        Map<String, Object> description = new TreeMap<>(policy.description());
        description.put("guards", guards.stream().map(GuardChain::describe).toList());
        try {
            return JSON.writeValueAsString(description);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a description holds what is no value of JSON", e);
        }
    }

    private static Map<String, Object> describe(Guard guard) {
        Map<String, Object> description = new TreeMap<>(guard.description());
        description.put("id", guard.post().id());
        description.put(
                "sides", guard.post().sides().stream().sorted().map(Side::id).toList());
        description.put("on-error", guard.post().onError().id());
        return description;
    }

    /** {@code guards-} and the first 12 hexadecimal digits of the SHA-256 of {@link #description()}. */
    public String id() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(description().getBytes(StandardCharsets.UTF_8));
            return "guards-" + HexFormat.of().formatHex(hash).substring(0, ID_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
