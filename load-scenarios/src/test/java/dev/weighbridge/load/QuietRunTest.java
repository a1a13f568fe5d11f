package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.load.calibration.NullStreamingServer;
import io.gatling.commons.util.GatlingVersion$;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuietRunTest {
    @TempDir
    Path folder;

    @Test
    void contactsNoOneButTheTarget() throws Exception {
        List<URI> contacted = new CopyOnWriteArrayList<>();
        ProxySelector before = ProxySelector.getDefault();
        ProxySelector.setDefault(recording(contacted));
        try {
            runOnce(folder);
            assertThat(contacted).isEmpty();
            // Gatling sends its statistics this way, and this way it would have been seen.
            assertThatThrownBy(() -> URI.create("http://127.0.0.1:1/").toURL().getContent())
                    .isInstanceOf(IOException.class);
            assertThat(contacted).containsExactly(URI.create("http://127.0.0.1:1/"));
        } finally {
            ProxySelector.setDefault(before);
        }

        // Usage statistics and the look-up of newer versions live in these two; neither was so much as touched.
        Method loaded = ClassLoader.class.getDeclaredMethod("findLoadedClass", String.class);
        loaded.setAccessible(true);
        assertThat(loaded.invoke(Runner.loader(), "io.gatling.app.Analytics$")).isNull();
        assertThat(loaded.invoke(Runner.loader(), "io.gatling.app.Runner"))
                .as("what the run did use, looked for in the same way")
                .isNotNull();
        Field lookedUp = GatlingVersion$.class.getDeclaredField("bitmap$0");
        lookedUp.setAccessible(true);
        assertThat(lookedUp.getBoolean(null)).isFalse();
    }

    @Test
    void printsNothing() throws Exception {
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        QuietRunTest.class.getName(),
                        folder.toString())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(err)).doesNotContain("gatling");
        assertThat(process.exitValue()).isZero();
        assertThat(Files.readString(out)).isEmpty();
    }

    /** The run whose output is looked at; ends by itself when no thread is left. */
    public static void main(String[] arguments) {
        runOnce(Path.of(arguments[0]));
    }

    private static void runOnce(Path folder) {
        try (NullStreamingServer server = NullStreamingServer.start(2, Duration.ZERO, Duration.ZERO)) {
            LoadRuns.Result result = LoadRuns.run(server.endpoint(), LoadRuns.poisson(50, 200), folder);
            if (result.timings().isEmpty()) {
                throw new IllegalStateException("no request came back");
            }
        }
    }

    private static ProxySelector recording(List<URI> contacted) {
        return new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                contacted.add(uri);
                return List.of(Proxy.NO_PROXY);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        };
    }

    /** The loader that Gatling's classes come from. */
    private static final class Runner {
        static ClassLoader loader() {
            return io.gatling.app.Runner.class.getClassLoader();
        }
    }
}
