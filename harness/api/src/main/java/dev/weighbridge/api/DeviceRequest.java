package dev.weighbridge.api;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the user wants a model to run.
 *
 * @param kind automatic choice, CPU or CUDA
 * @param index CUDA device number; 0 for the others
 */
public record DeviceRequest(Kind kind, int index) {
    /** The choices {@code --device} offers. */
    public enum Kind {
        AUTO,
        CPU,
        CUDA
    }

    /** CUDA where the engine reports it, else the CPU. */
    public static final DeviceRequest AUTO = new DeviceRequest(Kind.AUTO, 0);

    public static final DeviceRequest CPU = new DeviceRequest(Kind.CPU, 0);

    private static final Pattern CUDA_PATTERN = Pattern.compile("cuda(?::(\\d{1,3}))?");

    public DeviceRequest {
        if (index < 0 || (kind != Kind.CUDA && index != 0)) {
            throw new IllegalArgumentException("device index must be 0 or more and only CUDA has one, got: " + index);
        }
    }

    /**
     * Reads {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static DeviceRequest parse(String text) {
        String value = text.strip().toLowerCase(Locale.ROOT);
        if (value.equals("auto")) {
            return AUTO;
        }
        if (value.equals("cpu")) {
            return CPU;
        }
        Matcher matcher = CUDA_PATTERN.matcher(value);
        if (matcher.matches()) {
            return new DeviceRequest(Kind.CUDA, matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1)));
        }
        throw new IllegalArgumentException("device '" + text + "' is not known. Use auto, cpu or cuda:N");
    }

    /** The form {@link #parse} reads. */
    public String id() {
        return kind == Kind.CUDA ? "cuda:" + index : kind.name().toLowerCase(Locale.ROOT);
    }
}
