package dev.weighbridge.engines.triton;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The options of an engine that mean something to this adapter; all others are the server's own.
 *
 * @param grpc whether it is asked over gRPC, by option {@code protocol}
 * @param streamed whether answers are streamed, by option {@code call}; empty where the server decides
 * @param grpcAddress host and port of gRPC, by option {@code grpc-address}; empty for the usual one
 * @param version of the model, by option {@code version}; empty leaves it to the server
 * @param names of the model's tensors, by an option each; {@link #NONE} for one that it does not have
 * @param others that go to the server's command
 */
record TritonOptions(
        boolean grpc,
        Optional<Boolean> streamed,
        String grpcAddress,
        String version,
        Map<Field, String> names,
        Map<String, String> others) {
    /** Value of an option that says that the model has no such tensor. */
    static final String NONE = "none";

    static final String PROTOCOL = "protocol";
    static final String CALL = "call";
    static final String GRPC_ADDRESS = "grpc-address";
    static final String VERSION = "version";

    TritonOptions {
        names = Collections.unmodifiableMap(names.isEmpty() ? Map.of() : new EnumMap<>(names));
        others = Collections.unmodifiableMap(new TreeMap<>(others));
    }

    /**
     * Reads an engine's options.
     *
     * @throws EngineException of category BAD_REQUEST when one of this adapter's has a value that means nothing
     */
    static TritonOptions of(Map<String, String> options) {
        Map<String, String> others = new TreeMap<>(options);
        String protocol = taken(others, PROTOCOL, "http");
        String call = taken(others, CALL, "");
        require(PROTOCOL, protocol, protocol.equals("http") || protocol.equals("grpc"), "http or grpc");
        require(CALL, call, call.isEmpty() || call.equals("stream") || call.equals("infer"), "stream or infer");
        String address = taken(others, GRPC_ADDRESS, "");
        String version = taken(others, VERSION, "");
        // It becomes part of a path.
        require(VERSION, version, version.matches("\\d{0,18}"), "a number");
        Map<Field, String> names = new EnumMap<>(Field.class);
        for (Field field : Field.values()) {
            String name = taken(others, field.option(), "");
            if (!name.isEmpty()) {
                names.put(field, name);
            }
        }
        return new TritonOptions(
                protocol.equals("grpc"),
                call.isEmpty() ? Optional.empty() : Optional.of(call.equals("stream")),
                address,
                version,
                names,
                others);
    }

    private static String taken(Map<String, String> options, String name, String standard) {
        String value = options.remove(name);
        return value == null ? standard : value;
    }

    private static void require(String name, String value, boolean good, String rule) {
        if (!good) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "option " + name + " of an engine with adapter triton must be " + rule + ", got: " + value);
        }
    }
}
