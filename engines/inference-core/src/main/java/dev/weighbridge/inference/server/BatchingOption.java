package dev.weighbridge.inference.server;

import dev.weighbridge.api.Batching;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command-line form of {@link Batching}: {@code none}, {@code continuous:8}, {@code static:8:20ms}, {@code dynamic:8:5ms}. */
public final class BatchingOption {
    private static final Pattern FORM = Pattern.compile("([a-z]{1,20})(?::(\\d{1,4}))?(?::(\\d{1,5})ms)?");

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
        String delay = matcher.group(3);
        boolean held = policy == Batching.Policy.STATIC || policy == Batching.Policy.DYNAMIC;
        if ((policy == Batching.Policy.NONE) != (size == null) || held != (delay != null)) {
            throw malformed(text);
        }
        return new Batching(
                policy,
                size == null ? 1 : Integer.parseInt(size),
                delay == null ? Duration.ZERO : Duration.ofMillis(Long.parseLong(delay)));
    }

    /** Writes the form. */
    public static String format(Batching batching) {
        String policy = batching.policy().id();
        return switch (batching.policy()) {
            case NONE -> policy;
            case CONTINUOUS -> policy + ":" + batching.size();
            case STATIC, DYNAMIC ->
                policy + ":" + batching.size() + ":" + batching.delay().toMillis() + "ms";
        };
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("batching '" + text
                + "' is not understood. Use none, continuous:SIZE, static:SIZE:DELAYms or dynamic:SIZE:DELAYms");
    }
}
