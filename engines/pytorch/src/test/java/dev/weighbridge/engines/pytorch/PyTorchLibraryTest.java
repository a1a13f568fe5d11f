package dev.weighbridge.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.Availability;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PyTorchLibraryTest {
    private static final String LIBRARY_PATH = "PYTORCH_LIBRARY_PATH";

    @Test
    void withoutItsJarTheProbeSaysWhatToAdd() throws Exception {
        List<URL> others = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.contains("pytorch-native")) {
                others.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(others.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Object backend = loader.loadClass(PyTorchBackend.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            Object availability = backend.getClass().getMethod("probe").invoke(backend);
            assertThat(availability.toString())
                    .startsWith("Unavailable")
                    .contains("pytorch-native-cpu", "PYTORCH_LIBRARY_PATH", "PYTORCH_FLAVOR");
        }
    }

    @Test
    void aLibraryOfTheUsersOwnIsNamedByTheVersionBesideIt(@TempDir Path libtorch) throws Exception {
        Path lib = Files.createDirectory(libtorch.resolve("lib"));
        assertThat(probeWith(lib)).isEqualTo(new Availability.Available("unknown, in " + lib));

        Files.writeString(
                libtorch.resolve("version.py"), "debug = False\n__version__ = '2.11.0+cu130'\ncuda = '13.0'\n");
        assertThat(probeWith(lib)).isEqualTo(new Availability.Available("2.11.0+cu130"));

        Files.writeString(libtorch.resolve("build-version"), "2.7.1+cu128\n");
        assertThat(probeWith(lib)).isEqualTo(new Availability.Available("2.7.1+cu128"));
    }

    @Test
    void aLibraryPathThatLeadsNowhereIsReported(@TempDir Path libtorch) {
        assertThat(probeWith(libtorch.resolve("lib")))
                .isInstanceOfSatisfying(
                        Availability.Unavailable.class,
                        missing -> assertThat(missing.reason()).contains(LIBRARY_PATH, libtorch.toString()));
    }

    @Test
    void theDayOfPackagingIsNoPartOfTheVersion() {
        assertThat(PyTorchLibrary.release("2.7.1-20250812")).isEqualTo("2.7.1");
        assertThat(PyTorchLibrary.release("2.7.1")).isEqualTo("2.7.1");
    }

    private static Availability probeWith(Path lib) {
        System.setProperty(LIBRARY_PATH, lib.toString());
        try {
            return PyTorchLibrary.probe();
        } finally {
            System.clearProperty(LIBRARY_PATH);
        }
    }
}
