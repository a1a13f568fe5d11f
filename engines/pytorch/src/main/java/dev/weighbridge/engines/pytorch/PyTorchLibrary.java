package dev.weighbridge.engines.pytorch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.engine.PtNDManager;
import dev.weighbridge.api.Availability;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** libtorch, loaded once a process through DJL's engine, which never goes to the network. */
final class PyTorchLibrary {
    private static final String NATIVE_PROPERTIES = "native/lib/pytorch.properties";
    private static final String LIBRARY_PATH = "PYTORCH_LIBRARY_PATH";
    private static final String CUDA_REMEDY =
            "PYTORCH_LIBRARY_PATH=<libtorch>/lib PYTORCH_FLAVOR=cu128, with libtorch 2.7.1 for CUDA 12.8";

    private static final Pattern PYTHON_VERSION = Pattern.compile("__version__ = '([^']{1,40})'");

    private PyTorchLibrary() {}

    /** Loads on first use. */
    private static final class Loaded {
        private static final Engine ENGINE;

        static {
            // DJL otherwise reports to its makers from cloud machines and downloads what it does not find.
            setIfAbsent("ai.djl.offline", "true");
            setIfAbsent("OPT_OUT_TRACKING", "true");
            ENGINE = Engine.getEngine(PtEngine.ENGINE_NAME);
        }

        private static void setIfAbsent(String property, String value) {
            if (System.getProperty(property) == null) {
                System.setProperty(property, value);
            }
        }
    }

    static Engine engine() {
        try {
            return Loaded.ENGINE;
        } catch (LinkageError | ai.djl.engine.EngineException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new EngineException(
                    Category.UNAVAILABLE,
                    "libtorch cannot be loaded: " + cause
                            + ". It needs glibc 2.29 or newer and a writable DJL_CACHE_DIR that allows execution",
                    e);
        }
    }

    /** A manager of arrays on a device, {@code cpu} or {@code cuda:N}. */
    static PtNDManager newManager(String device) {
        return (PtNDManager) engine().newBaseManager(device(device));
    }

    /** Looks for the native library of this platform on the class path, without loading it. */
    static Availability probe() {
        String path = setting(LIBRARY_PATH);
        if (path != null) {
            return Files.isDirectory(Path.of(path))
                    ? new Availability.Available(versionIn(Path.of(path)))
                    : new Availability.Unavailable(
                            LIBRARY_PATH + " names " + path + ", which is not a folder",
                            "Set it to the lib folder of libtorch 2.7.1, or unset it");
        }
        String platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"));
        Set<String> found = new LinkedHashSet<>();
        try {
            for (URL resource :
                    Collections.list(PyTorchLibrary.class.getClassLoader().getResources(NATIVE_PROPERTIES))) {
                Properties properties = read(resource);
                String classifier = properties.getProperty("classifier", "");
                if (classifier.equals(platform)) {
                    return new Availability.Available(release(properties.getProperty("version", "unknown")));
                }
                found.add(classifier);
            }
        } catch (IOException e) {
            return new Availability.Unavailable("libtorch's jar cannot be read: " + e, "Install Weighbridge again");
        }
        return new Availability.Unavailable(
                "no libtorch for " + platform + " is on the class path"
                        + (found.isEmpty() ? "" : ", only for " + found),
                "Add ai.djl.pytorch:pytorch-native-cpu for this platform, or set " + CUDA_REMEDY);
    }

    /** Version that the loaded library has; DJL itself tells that of its own jar, whatever library was named to it. */
    static String version() {
        String path = setting(LIBRARY_PATH);
        return path == null ? release(engine().getVersion()) : versionIn(Path.of(path));
    }

    /** CUDA devices that libtorch can use; 0 with a CPU build. */
    static int cudaDevices() {
        return engine().getGpuCount();
    }

    static EngineException cudaMissing(String device) {
        return new EngineException(
                Category.UNAVAILABLE,
                "device " + device + " is not here: libtorch reports " + cudaDevices()
                        + " CUDA devices. Use --device cpu," + " or set " + CUDA_REMEDY);
    }

    /** A platform's name in the classifiers of DJL's native jars. */
    static String platform(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = osArch.toLowerCase(Locale.ROOT);
        String system = os.startsWith("windows") ? "win" : os.contains("mac") ? "osx" : "linux";
        return system + "-"
                + (arch.equals("amd64") || arch.equals("x86_64") ? "x86_64" : arch.replace("arm64", "aarch64"));
    }

    /** Both packages of PyTorch tell their version in a file beside the lib folder: libtorch's and Python's. */
    static String versionIn(Path lib) {
        try {
            Path ofLibtorch = lib.resolveSibling("build-version");
            if (Files.exists(ofLibtorch)) {
                return Files.readString(ofLibtorch).strip();
            }
            Matcher ofPython = PYTHON_VERSION.matcher(Files.readString(lib.resolveSibling("version.py")));
            return ofPython.find() ? ofPython.group(1) : "unknown, in " + lib;
        } catch (IOException e) {
            return "unknown, in " + lib;
        }
    }

    /** DJL adds the day of packaging, as in {@code 2.7.1-20250812}. */
    static String release(String version) {
        return version.replaceFirst("-\\d{8}$", "");
    }

    private static Device device(String device) {
        return device.equals(PyTorchBackend.CPU)
                ? Device.cpu()
                : Device.gpu(Integer.parseInt(device.substring(PyTorchBackend.CUDA_PREFIX.length())));
    }

    private static Properties read(URL resource) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = resource.openStream()) {
            properties.load(in);
        }
        return properties;
    }

    private static @Nullable String setting(String name) {
        String property = System.getProperty(name);
        return property != null ? property : System.getenv(name);
    }
}
