package dev.weighbridge.engines.onnxruntime;

import ai.djl.engine.Engine;
import ai.djl.onnxruntime.engine.OrtEngine;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import com.sun.jna.Function;
import com.sun.jna.Platform;
import dev.weighbridge.api.Availability;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.InstructionSets;
import java.util.Locale;
import java.util.Set;

/**
 * The native library, loaded once a process through DJL's engine.
 *
 * <p>DJL must be the one to create the environment: it fails when another did, while its environment serves both.
 *
 * <p>Since 1.29.0 the library sends usage data to its makers from Linux and macOS too, leaves an identifier in the user's
 * cache folder, and ends the process when its command line is some thousands of characters long, because it matches that
 * against a recursive pattern. The documented way out is the environment variable {@value #TELEMETRY_VARIABLE}, read when
 * the library starts; it is set here in the C library's environment, because Java cannot change its own.
 */
public final class OnnxRuntimeLibrary {
    private static final String TELEMETRY_VARIABLE = "ORT_DISABLE_TELEMETRY";

    private OnnxRuntimeLibrary() {}

    /** Loads on first use. */
    private static final class Loaded {
        private static final Engine ENGINE;
        private static final OrtEnvironment ENVIRONMENT;

        static {
            // DJL reports to its makers from cloud machines, falls back to other engines, and starts a pool of threads
            // for
            // all sessions beside the one that each of ours has: none of it is wanted.
            setIfAbsent("ai.djl.offline", "true");
            setIfAbsent("OPT_OUT_TRACKING", "true");
            setIfAbsent("ai.djl.onnx.disable_alternative", "true");
            setIfAbsent("ai.djl.onnxruntime.num_threads", "1");
            setIfAbsent("ai.djl.onnxruntime.num_interop_threads", "1");
            disableTelemetry();
            ENGINE = Engine.getEngine(OrtEngine.ENGINE_NAME);
            ENVIRONMENT = OrtEnvironment.getEnvironment();
            try {
                // The variable is not read on Windows, where tracing is the system's.
                ENVIRONMENT.setTelemetry(false);
            } catch (OrtException e) {
                throw new IllegalStateException("telemetry cannot be turned off: " + e.getMessage(), e);
            }
        }

        private static void disableTelemetry() {
            if (!Platform.isWindows() && !"1".equals(System.getenv(TELEMETRY_VARIABLE))) {
                int result = Function.getFunction(Platform.C_LIBRARY_NAME, "setenv")
                        .invokeInt(new Object[] {TELEMETRY_VARIABLE, "1", 1});
                if (result != 0) {
                    throw new IllegalStateException(
                            "setenv(" + TELEMETRY_VARIABLE + ") failed. Set it to 1 beforehand");
                }
            }
        }

        private static void setIfAbsent(String property, String value) {
            if (System.getProperty(property) == null) {
                System.setProperty(property, value);
            }
        }
    }

    /** Looks for the native library of this platform on the class path, without loading it. */
    static Availability probe() {
        String platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"));
        String library = "ai/onnxruntime/native/" + platform + "/" + System.mapLibraryName("onnxruntime");
        boolean bundled = OrtEnvironment.class.getClassLoader().getResource(library) != null;
        if (!bundled && System.getProperty("onnxruntime.native.path") == null) {
            return new Availability.Unavailable(
                    "ONNX Runtime's jar has no library for " + platform,
                    "Run on linux-x64, linux-aarch64, osx-aarch64 or win-x64, or name a folder with your own build by"
                            + " -Donnxruntime.native.path=<folder>");
        }
        String version = OrtEnvironment.class.getPackage().getImplementationVersion();
        return new Availability.Available(version == null ? "unknown" : version);
    }

    /** A platform's name in ONNX Runtime's jar. */
    static String platform(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = osArch.toLowerCase(Locale.ROOT);
        String system = os.startsWith("windows") ? "win" : os.contains("mac") ? "osx" : "linux";
        return system + "-"
                + (arch.equals("amd64") || arch.equals("x86_64") ? "x64" : arch.replace("arm64", "aarch64"));
    }

    /**
     * The environment that every session of this process is of.
     *
     * @throws EngineException of category UNAVAILABLE when the native library cannot be loaded
     */
    public static OrtEnvironment environment() {
        try {
            return Loaded.ENVIRONMENT;
        } catch (LinkageError e) {
            throw unavailable(e);
        }
    }

    /** DJL's engine over the same environment. */
    static Engine engine() {
        try {
            return Loaded.ENGINE;
        } catch (LinkageError e) {
            throw unavailable(e);
        }
    }

    /** The version that the native library itself reports; DJL's engine reports the one it was compiled against. */
    static String version() {
        return environment().getVersion();
    }

    /** The kinds of processor this build of the native library can use. */
    static Set<OrtProvider> executionProviders() {
        environment();
        return OrtEnvironment.getAvailableProviders();
    }

    /** Whether this processor multiplies unsigned by signed bytes exactly. */
    static boolean multipliesMixedBytesExactly() {
        return multipliesMixedBytesExactly(System.getProperty("os.arch"), InstructionSets.ofThisMachine());
    }

    /**
     * Whether a processor multiplies unsigned by signed bytes without saturating sums of two, which x64 does only with
     * AVX-512's or AVX's VNNI. Where it is not known the answer is no, which is slower and never wrong.
     */
    static boolean multipliesMixedBytesExactly(String architecture, InstructionSets sets) {
        return !isX64(architecture) || sets.has("avx512_vnni") || sets.has("avx_vnni");
    }

    /** One line on how w8a8 is computed by a processor and not by every one; empty where all do the same. */
    static String numericsOfW8a8(String architecture, InstructionSets sets) {
        if (!isX64(architecture)) {
            return "";
        }
        return multipliesMixedBytesExactly(architecture, sets)
                ? "w8a8: bytes multiplied unsigned by signed thanks to VNNI; x64 without it takes unsigned by unsigned,"
                        + " which rounds otherwise in the last digits"
                : "w8a8: bytes multiplied unsigned by unsigned, because unsigned by signed saturates without VNNI; rounds"
                        + " otherwise in the last digits, also with the number of rows";
    }

    private static boolean isX64(String architecture) {
        return architecture.toLowerCase(Locale.ROOT).matches("amd64|x86_64");
    }

    static EngineException failed(String what, OrtException cause) {
        return new EngineException(Category.FAILED, what + ": " + cause.getMessage(), cause);
    }

    private static EngineException unavailable(LinkageError cause) {
        return new EngineException(
                Category.UNAVAILABLE,
                "ONNX Runtime's native library cannot be loaded: "
                        + (cause.getCause() == null ? cause : cause.getCause())
                        + ". It needs glibc 2.28 or newer and a temporary folder that allows execution",
                cause);
    }
}
