package dev.weighbridge.inference.server;

import dev.weighbridge.api.Batching;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command-line form of {@link Batching}: {@code none}, {@code continuous:8}, {@code continuous:8:32t}, {@code static:8:20ms}, {@code dynamic:8:5ms}. */
public final class BatchingOption {
    private static final Pattern FORM = Pattern.compile("([a-z]{1,20})(?::(\\d{1,4}))?(?::(\\d{1,5})(ms|t))?");

    private BatchingOption() {}

    /**
     * Reads the form.
     *
     * @throws IllegalArgumentException for anything else; the message says what is accepted
     */
    public static Batching parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw malformed(text);
        }
        Batching.Policy policy = Batching.Policy.of(matcher.group(1));
        String size = matcher.group(2);
        boolean tokens = "t".equals(matcher.group(4));
        String delay = tokens ? null : matcher.group(3);
        boolean held = policy == Batching.Policy.STATIC || policy == Batching.Policy.DYNAMIC;
        boolean chunked = policy == Batching.Policy.CONTINUOUS;
        if ((policy == Batching.Policy.NONE) != (size == null) || held != (delay != null) || (tokens && !chunked)) {
            throw malformed(text);
        }
        return new Batching(
                policy,
                size == null ? 1 : Integer.parseInt(size),
                delay == null ? Duration.ZERO : Duration.ofMillis(Long.parseLong(delay)),
                tokens ? Integer.parseInt(matcher.group(3)) : 0);
    }

    /** Writes the form. */
    public static String format(Batching batching) {
        String policy = batching.policy().id();
        return switch (batching.policy()) {
            case NONE -> policy;
            case CONTINUOUS ->
                policy + ":" + batching.size()
                        + (batching.promptTokens() == 0 ? "" : ":" + batching.promptTokens() + "t");
            case STATIC, DYNAMIC ->
                policy + ":" + batching.size() + ":" + batching.delay().toMillis() + "ms";
        };
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "batching '" + text
                        + "' is not understood. Use none, continuous:SIZE, continuous:SIZE:PROMPT_TOKENSt, static:SIZE:DELAYms or dynamic:SIZE:DELAYms");
    }
}
