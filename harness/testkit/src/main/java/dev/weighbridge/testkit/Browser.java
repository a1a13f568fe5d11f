package dev.weighbridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real browser without a window, which opens pages from the disk at a chosen width and is asked what it made of them. It is
 * told what to do over a pair of pipes in the DevTools protocol, so that no port is opened and a page may be narrower than a
 * window can be.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class Browser implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    // Under POSIX descriptor 3 is read and 4 is written by the browser; they take the places of its standard streams.
    private static final String PIPES = "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >&2";
    private static final long PATIENCE_SECONDS = 120;
    private static final int HEIGHT = 900;
    private static final String END = "";
    private static final ObjectMapper JSON = new ObjectMapper();
    // Relative luminance and contrast ratio: https://www.w3.org/TR/WCAG21/#dfn-relative-luminance
    private static final String FAINT = """
            (() => {
              const numbers = colour => colour.match(/[0-9.]+/g).map(Number);
              const linear = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
              const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
              const paper = element => {
                for (let e = element; e; e = e.parentElement) {
                  const colour = numbers(getComputedStyle(e).backgroundColor);
                  if (colour.length < 4 || colour[3] === 1) return colour;
                }
                return [255, 255, 255];
              };
              const faint = new Set();
              for (const element of document.querySelectorAll('body *')) {
                const text = Array.from(element.childNodes).filter(n => n.nodeType === 3 && n.data.trim());
                if (text.length > 0 && !element.closest('svg') && element.getClientRects().length > 0) {
                  const lights = [light(numbers(getComputedStyle(element).color)), light(paper(element))];
                  const ratio = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
                  if (ratio < 4.5) faint.add(ratio.toFixed(2) + ' ' + text[0].data.trim());
                }
              }
              return Array.from(faint).join('\\n');
            })()
            """;

    private final Process process;
    private final Path log;
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final List<String> console = new ArrayList<>();
    private int calls;
    private String target = "";
    private String session = "";
    private boolean loaded;

    private Browser(Process process, Path log) {
        this.process = process;
        this.log = log;
        Thread reader = new Thread(this::read, "browser-messages");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a browser; where there is none the test that asked is skipped, and says so.
     *
     * @param folder for its profile and its log
     */
    public static Browser start(Path folder) {
        Optional<String> browser = find();
        assumeTrue(browser.isPresent(), "no browser of " + NAMES + " is on the path");
        List<String> command = new ArrayList<>(List.of("sh", "-c", PIPES, browser.orElseThrow()));
        command.addAll(List.of("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic"));
        command.addAll(List.of("--disable-background-networking", "--disable-component-update", "--disable-sync"));
        command.addAll(List.of("--remote-debugging-pipe", "--hide-scrollbars"));
        try {
            Path log = Files.createTempFile(folder, "browser", ".log");
            command.add("--user-data-dir=" + Files.createTempDirectory(folder, "profile"));
            return new Browser(
                    new ProcessBuilder(command).redirectError(log.toFile()).start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Opens a page of its own and waits until it has loaded and its scripts have run.
     *
     * @param width of the window in CSS pixels
     */
    public void open(String address, int width) {
        closePage();
        target = call("Target.createTarget", Map.of("url", "about:blank"))
                .path("targetId")
                .asText();
        session = call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .path("sessionId")
                .asText();
        for (String domain : List.of("Page", "Runtime", "Log")) {
            call(domain + ".enable", Map.of());
        }
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", HEIGHT, "deviceScaleFactor", 1, "mobile", false));
        console.clear();
        loaded = false;
        JsonNode answer = call("Page.navigate", Map.of("url", address));
        assertThat(answer.path("errorText").asText()).as("opening " + address).isEmpty();
        while (!loaded) {
            event(next());
        }
    }

    /** The value of an expression in the page. */
    public String evaluate(String expression) {
        JsonNode answer = call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
        assertThat(answer.path("exceptionDetails").toString())
                .as("evaluating " + expression)
                .isEmpty();
        return answer.path("result").path("value").asText();
    }

    /** The document of the page as it is now. */
    public String document() {
        return evaluate("document.documentElement.outerHTML");
    }

    /** By how many CSS pixels the page is wider than its window; a page that never scrolls sideways has none. */
    public int overflow() {
        return Integer.parseInt(evaluate("document.documentElement.scrollWidth - window.innerWidth"));
    }

    /** Opens everything in the page that can be opened. */
    public void unfold() {
        evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })");
    }

    /** Shows the page in a colour scheme, {@code light} or {@code dark}. */
    public void scheme(String scheme) {
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Texts in sight that stand out from what is behind them by less than WCAG's contrast ratio of 4.5 to 1. */
    public List<String> faint() {
        return evaluate(FAINT).lines().toList();
    }

    /** What the page has written to the console since it was opened, its refused resources and failed scripts included. */
    public List<String> console() {
        // The answer to any call comes after what was written before it.
        evaluate("0");
        return List.copyOf(console);
    }

    /** Ends the browser. */
    @Override
    public void close() {
        try {
            // Asked to, it ends the processes it has started, so that its profile is at rest.
            session = "";
            send("Browser.close", Map.of());
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }

    private void closePage() {
        if (!target.isEmpty()) {
            session = "";
            call("Target.closeTarget", Map.of("targetId", target));
        }
    }

    private JsonNode call(String method, Map<String, Object> parameters) {
        int id = send(method, parameters);
        while (true) {
            JsonNode answer = next();
            if (answer.path("id").asInt() == id) {
                assertThat(answer.path("error").toString()).as(method).isEmpty();
                return answer.path("result");
            }
            event(answer);
        }
    }

    private int send(String method, Map<String, Object> parameters) {
        int id = ++calls;
        Map<String, Object> message = session.isEmpty()
                ? Map.of("id", id, "method", method, "params", parameters)
                : Map.of("id", id, "method", method, "params", parameters, "sessionId", session);
        try {
            process.getOutputStream().write(JSON.writeValueAsBytes(message));
            process.getOutputStream().write(0);
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new AssertionError("the browser does not listen: " + e + log(), e);
        }
        return id;
    }

    private void event(JsonNode message) {
        JsonNode parameters = message.path("params");
        String method = message.path("method").asText();
        if (method.equals("Page.loadEventFired")) {
            loaded = true;
        } else if (method.equals("Runtime.consoleAPICalled")) {
            console.add(parameters.path("args").toString());
        } else if (method.equals("Runtime.exceptionThrown")) {
            console.add(parameters.path("exceptionDetails").toString());
        } else if (method.equals("Log.entryAdded")) {
            console.add(parameters.path("entry").path("text").asText());
        }
    }

    private JsonNode next() {
        try {
            String message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (message == null || message.equals(END)) {
                throw new AssertionError(
                        (message == null ? "the browser says nothing" : "the browser has ended") + log());
            }
            return JSON.readTree(message);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the browser", e);
        } catch (JsonProcessingException e) {
            throw new AssertionError("the browser speaks no JSON: " + e, e);
        }
    }

    private String log() {
        try {
            return "; its log: " + Files.readString(log);
        } catch (IOException e) {
            return "; its log cannot be read: " + e;
        }
    }

    /** Messages end with a zero byte. */
    private void read() {
        try (InputStream in = new BufferedInputStream(process.getInputStream())) {
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next == 0) {
                    messages.add(message.toString(StandardCharsets.UTF_8));
                    message.reset();
                } else {
                    message.write(next);
                }
            }
        } catch (IOException e) {
            // The browser was ended while it spoke.
        } finally {
            messages.add(END);
        }
    }

    private static Optional<String> find() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator, -1))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
