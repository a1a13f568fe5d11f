package dev.weighbridge.core.study;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ServerConventions;
import dev.weighbridge.api.ServerTarget;
import dev.weighbridge.api.load.Protocol;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads an engine of a study that is a server. */
final class EngineSettings {
    private static final String ADAPTER = "openai";
    private static final String USUAL_HEALTH = "/v1/models";
    private static final Duration START_TIMEOUT = Duration.ofMinutes(10);
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,60}");
    private static final Pattern ADDRESS = Pattern.compile("https?://[^/\\s]+(/.*)?");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern SECRET = Pattern.compile("(?i)(proxy-)?authorization|.*(api-?key|token|secret).*");

    private final Path folder;

    /**
     * @param folder of the study, in which servers are started
     */
    EngineSettings(Path folder) {
        this.folder = folder;
    }

    EngineChoice read(Section section) {
        String name = section.read("name", null, EngineSettings::name, "engine");
        String adapter = section.text("adapter", ADAPTER);
        Optional<ServerConventions> conventions = conventions(adapter);
        List<String> spoken = conventions.map(ServerConventions::protocols).orElse(List.of());
        String usual = spoken.isEmpty() ? Endpoint.COMPLETIONS : spoken.get(0);
        String url = section.read("url", null, EngineSettings::address, "http://127.0.0.1:{port}");
        Map<String, List<String>> axes = axes(section.section("options"));
        EngineChoice choice = new EngineChoice(
                name,
                adapter,
                Optional.of(new ServerTarget(
                        url,
                        launch(
                                section,
                                conventions.map(ServerConventions::healthPath).orElse(USUAL_HEALTH)),
                        absent(section.text("model", "")),
                        section.read("protocol", usual, text -> protocol(text, adapter, spoken), usual),
                        section.has("key-variable")
                                ? section.read("key-variable", null, EngineSettings::variable, "KEY")
                                : null,
                        headers(section),
                        body(section),
                        section.has("metrics")
                                ? section.read("metrics", null, EngineSettings::metrics, "/metrics")
                                : null,
                        Map.of())),
                axes,
                section.list("precisions", List.of(Precision.FP32), Precision::of),
                section.has("batching")
                        ? section.sections("batching", StudyFile::batching, StudyFile::simpleBatching)
                        : List.of(Batching.continuous(8)),
                section.text("gpus", "1"),
                section.has("tokenizer") ? Optional.of(tokenizer(section)) : Optional.empty());
        choice.gpusProblem().ifPresent(problem -> section.problem("gpus", problem));
        return choice;
    }

    private Optional<ServerTarget.Launch> launch(Section section, String usualHealth) {
        boolean started = section.has("command");
        Map<String, String> environment = texts(section.section("environment"));
        String health = section.text("health", usualHealth);
        Duration timeout = section.positiveDuration("start-timeout", START_TIMEOUT);
        if (!started) {
            return Optional.empty();
        }
        List<String> command = section.list("command", null, text -> text);
        return command.isEmpty()
                ? Optional.empty()
                : Optional.of(new ServerTarget.Launch(command, environment, folder, health, timeout));
    }

    private static Path tokenizer(Section section) {
        Path named = section.file("tokenizer");
        Path file = Files.isDirectory(named) ? named.resolve("tokenizer.json") : named;
        if (!Files.isRegularFile(file)) {
            section.problem("tokenizer", "names " + file + ", which does not exist");
        }
        return file;
    }

    private static Map<String, List<String>> axes(Section options) {
        Map<String, List<String>> axes = new LinkedHashMap<>();
        for (String name : options.keys()) {
            List<String> values = options.list(name, List.of(), text -> text);
            if (!NAME.matcher(name).matches()) {
                options.problem(name, "is no name of an option: lower-case letters, digits, '-' and '.', as after --");
            }
            axes.put(name, values.isEmpty() ? List.of("") : values);
        }
        return axes;
    }

    /** A key in a study file would be copied into every run's manifest. */
    private static Map<String, String> headers(Section section) {
        Section headers = section.section("headers");
        Map<String, String> texts = texts(headers);
        texts.keySet().stream()
                .filter(name -> SECRET.matcher(name).matches())
                .forEach(name -> headers.problem(
                        name,
                        "may hold a secret, which does not belong into a study file. Put it into an environment variable and name that"
                                + " under key-variable"));
        return texts;
    }

    private static Map<String, String> texts(Section section) {
        Map<String, String> texts = new LinkedHashMap<>();
        section.keys().forEach(key -> texts.put(key, section.text(key, "")));
        return texts;
    }

    private static Map<String, Object> body(Section section) {
        Section body = section.section("body");
        Map<String, Object> fields = new LinkedHashMap<>();
        body.keys().forEach(key -> fields.put(key, value(body.text(key, ""))));
        return fields;
    }

    /** As YAML means it: numbers and truth values are none of text. */
    private static Object value(String text) {
        if (text.equals("true") || text.equals("false")) {
            return Boolean.valueOf(text);
        }
        if (text.equals("null") || text.equals("~")) {
            return Endpoint.OMITTED;
        }
        if (text.matches("-?\\d{1,18}")) {
            return Long.valueOf(text);
        }
        return text.matches("-?\\d+\\.\\d+([eE]-?\\d+)?") ? (Object) Double.valueOf(text) : text;
    }

    private static @Nullable String absent(String text) {
        return text.isEmpty() ? null : text;
    }

    private static String name(String text) {
        return require(NAME, text, "must be lower-case letters, digits, '-' and '.'");
    }

    private static String address(String text) {
        return require(ADDRESS, text, "must be an http or https address such as http://127.0.0.1:{port}");
    }

    private static String metrics(String text) {
        return text.startsWith("/")
                ? text
                : require(
                        ADDRESS,
                        text,
                        "must be a path such as /metrics or an address such as http://127.0.0.1:{metrics-port}/metrics");
    }

    private static String variable(String text) {
        return require(VARIABLE, text, "must be the name of an environment variable, not the key itself");
    }

    /** Those of the adapter, which may be missing here: that it is, another says. */
    private static Optional<ServerConventions> conventions(String adapter) {
        return ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.id().equals(adapter))
                .flatMap(provider -> provider.servers().stream())
                .findFirst();
    }

    private static String protocol(String text, String adapter, List<String> spoken) {
        List<String> known =
                new ArrayList<>(Protocol.all().stream().map(Protocol::id).toList());
        if (!known.isEmpty() && !known.contains(text)) {
            throw new IllegalArgumentException(
                    "protocol '" + text + "' does not exist. Use one of: " + String.join(", ", known));
        }
        if (!spoken.isEmpty() && !spoken.contains(text)) {
            throw new IllegalArgumentException("protocol '" + text + "' is not one that adapter " + adapter
                    + " speaks. Use one of: " + String.join(", ", spoken));
        }
        return text;
    }

    private static String require(Pattern pattern, String text, String rule) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(rule + ", got: " + (pattern == VARIABLE ? "something else" : text));
        }
        return text;
    }
}
