package dev.weighbridge.core.study;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.load.ArrivalPattern;
import dev.weighbridge.api.load.Closed;
import dev.weighbridge.api.load.Poisson;
import dev.weighbridge.api.load.Settings;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.load.WorkloadSettings;
import dev.weighbridge.datasets.Prompting;
import dev.weighbridge.datasets.definition.TaskFiles;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads study files. {@code harness/studies/reference.yaml} documents every key. */
public final class StudyFile {
    private static final long LARGEST_FILE = 1L << 20;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,60}");
    /** Names of the steps that the harness adds; a scenario of that name would be stored where they are. */
    private static final Set<String> STEPS = Set.of("parity", "evaluation", "saturation", "capacity");

    private static final String ONCE = "Name each once.";
    private static final Map<Precision, Double> MAX_KL = Map.of(
            Precision.FP32,
            1e-4,
            Precision.BF16,
            0.02,
            Precision.FP16,
            0.02,
            Precision.INT8,
            0.05,
            Precision.W8A8,
            0.1,
            Precision.INT4,
            1.0);
    private static final Map<Precision, Double> MIN_TOP1 = Map.of(
            Precision.FP32,
            0.999,
            Precision.BF16,
            0.97,
            Precision.FP16,
            0.97,
            Precision.INT8,
            0.95,
            Precision.W8A8,
            0.93,
            Precision.INT4,
            0.7);

    private final Path folder;
    private final List<String> problems = new ArrayList<>();

    private StudyFile(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads and checks a study file.
     *
     * @throws ConfigException with every problem that was found
     */
    public static Study read(Path path) {
        return read(path, null);
    }

    /**
     * Reads and checks a study file, with another device than it names.
     *
     * @param device as {@link DeviceRequest#parse} reads it, or {@code null} for the study's own
     * @throws ConfigException with every problem that was found
     */
    public static Study read(Path path, @Nullable String device) {
        try {
            if (!Files.isRegularFile(path)) {
                throw new ConfigException("study file " + path + " does not exist");
            }
            if (Files.size(path) > LARGEST_FILE) {
                throw new ConfigException("study file " + path + " has " + Files.size(path) + " bytes, at most "
                        + LARGEST_FILE + " are read");
            }
            Path folder = path.toAbsolutePath().normalize().getParent();
            return parse(
                    withDevice(Files.readString(path), device),
                    String.valueOf(path.getFileName()),
                    folder == null ? Path.of("/") : folder);
        } catch (IOException e) {
            throw new ConfigException("study file " + path + " cannot be read: " + e);
        }
    }

    /** The text as if it named the device, so that a resumed run, which reads the kept text, stays on it. */
    private static String withDevice(String text, @Nullable String device) {
        if (device == null) {
            return text;
        }
        return text.replaceAll("(?m)^device:.*\\R?", "") + (text.endsWith("\n") ? "" : "\n") + "device: \""
                + device.replace("\"", "") + "\"\n";
    }

    /**
     * Checks the text of a study file.
     *
     * @param file name for messages
     * @param folder that paths in it are relative to
     */
    public static Study parse(String text, String file, Path folder) {
        StudyFile reader = new StudyFile(folder);
        Section root = Section.of(file, folder, "", YamlNode.read(text, file), reader.problems);
        Study study = reader.study(root, text);
        root.end();
        if (!reader.problems.isEmpty()) {
            throw new ConfigException(reader.problems);
        }
        return study;
    }

    private Study study(Section root, String text) {
        String name = root.read("study", null, StudyFile::kebab, "study");
        List<Study.Model> models = root.sections(
                "models",
                section -> new Study.Model(model(section.text("path", null)), section.text("licence", "unknown")),
                value -> new Study.Model(model(value), "unknown"));
        if (models.isEmpty()) {
            root.problem("models", "must have at least one entry with a path");
        }
        EngineSettings engineSettings = new EngineSettings(folder);
        Gateways gateways = Gateways.read(root, folder);
        List<EngineChoice> engines = root.sections("engines", engineSettings::read, EngineChoice::of).stream()
                .map(engine -> engine.behind(gateways.names()))
                .toList();
        if (engines.isEmpty()) {
            root.problem("engines", root.has("engines") ? "must have at least one entry" : "is missing");
        }
        List<Precision> precisions = root.list("precisions", List.of(Precision.FP32), Precision::of);
        List<Batching> batching = root.has("batching")
                ? root.sections("batching", StudyFile::batching, StudyFile::simpleBatching)
                : List.of(Batching.none());
        root.distinct("models", models, StudyFile::name, "Variants are named after the model's folder: rename one.");
        root.distinct("engines", engines, EngineChoice::name, ONCE);
        root.distinct("precisions", precisions, Precision::id, ONCE);
        root.distinct("batching", batching, Batching::id, ONCE);
        String random = random(root, models);
        String hardware = root.text("hardware", null);
        Manifest.Prices prices = prices(root, hardware);
        Load load = load(root);
        return new Study(
                name,
                root.text("description", ""),
                text,
                folder,
                root.whole("seed", 1, 0, Integer.MAX_VALUE),
                models,
                engines,
                precisions,
                batching,
                gateways.files(),
                root.read("device", DeviceRequest.AUTO, DeviceRequest::parse, DeviceRequest.AUTO),
                root.whole("threads", 1, 1, 1024),
                root.whole("context-length", 0, 0, 1 << 24),
                hardware,
                prices,
                baseline(root, engines, precisions, batching),
                parity(root),
                evaluation(root, random, load.capacity().isPresent()),
                load.scenarios(),
                load.capacity(),
                root.whole("repeats", 3, 1, 100),
                load.retries(),
                load.budget(),
                objectives(root, random),
                root.flag("mask-personal-data", false));
    }

    private Path model(String path) {
        return folder.resolve(path).normalize();
    }

    /** The model's part in the names of variants. */
    private static String name(Study.Model model) {
        return Variant.idPart(String.valueOf(model.path().getFileName()));
    }

    /** Names of the models whose answers mean nothing; empty when there is none. */
    private static String random(Section root, List<Study.Model> models) {
        List<String> names = new ArrayList<>();
        for (Study.Model model : models) {
            try {
                RandomWeights.of(model.path()).ifPresent(weights -> names.add(name(model)));
            } catch (ConfigException e) {
                root.problem("models", "cannot be used: " + e.getMessage());
            }
        }
        return String.join(", ", names);
    }

    static Batching batching(Section section) {
        Batching.Policy policy = section.read("policy", null, Batching.Policy::of, Batching.Policy.NONE);
        int size = section.whole("size", policy == Batching.Policy.NONE ? 1 : 8, 1, 1024);
        Duration delay = section.duration(
                "delay",
                switch (policy) {
                    case STATIC -> Duration.ofMillis(20);
                    case DYNAMIC -> Duration.ofMillis(5);
                    case NONE, CONTINUOUS -> Duration.ZERO;
                });
        int promptTokens = policy == Batching.Policy.CONTINUOUS ? section.whole("prompt-tokens", 0, 0, 1 << 16) : 0;
        return new Batching(policy, size, delay, promptTokens);
    }

    static Batching simpleBatching(String policy) {
        return switch (Batching.Policy.of(policy)) {
            case NONE -> Batching.none();
            case CONTINUOUS -> Batching.continuous(8);
            case STATIC -> new Batching(Batching.Policy.STATIC, 8, Duration.ofMillis(20));
            case DYNAMIC -> new Batching(Batching.Policy.DYNAMIC, 8, Duration.ofMillis(5));
        };
    }

    private Study.Baseline baseline(
            Section root, List<EngineChoice> choices, List<Precision> all, List<Batching> policies) {
        Section section = root.section("baseline");
        List<String> engines = choices.stream().map(EngineChoice::name).toList();
        String engine = section.text("engine", engines.isEmpty() ? "" : engines.get(0));
        EngineChoice choice = choices.stream()
                .filter(c -> c.name().equals(engine))
                .findFirst()
                .orElse(EngineChoice.of(engine));
        List<Precision> precisions = choice.precisions().isEmpty() ? all : choice.precisions();
        List<Batching> batching = choice.batching().isEmpty() ? policies : choice.batching();
        Precision precision = section.read("precision", Precision.FP32, Precision::of, Precision.FP32);
        Batching standard = batching.isEmpty() ? Batching.none() : batching.get(0);
        Batching policy = section.read(
                "batching",
                standard,
                text -> batching.stream()
                        .filter(b -> b.policy().id().equals(text))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "policy '" + text + "' is not among the study's batching policies")),
                standard);
        if (!engines.isEmpty() && !engines.contains(engine)) {
            section.problem("engine", "'" + engine + "' is not among the study's engines " + engines);
        }
        if (!precisions.isEmpty() && !precisions.contains(precision)) {
            section.problem("precision", "'" + precision + "' is not among the study's precisions " + precisions);
        }
        section.end();
        return new Study.Baseline(engine, precision, policy);
    }

    private static Study.Parity parity(Section root) {
        Section section = root.section("parity");
        Study.Parity parity = new Study.Parity(
                section.whole("prompts", 24, 1, 10_000),
                tolerances(section.section("max-kl-divergence"), MAX_KL),
                tolerances(section.section("min-top1-agreement"), MIN_TOP1));
        section.end();
        return parity;
    }

    private static Map<Precision, Double> tolerances(Section section, Map<Precision, Double> standard) {
        Map<Precision, Double> values = new EnumMap<>(standard);
        for (Precision precision : Precision.values()) {
            Double usual = standard.get(precision);
            values.put(precision, section.number(precision.id(), usual == null ? 0.0 : usual, 0, 1000));
        }
        section.end();
        return values;
    }

    private Study.Evaluation evaluation(Section root, String random, boolean searched) {
        Section section = root.section("evaluation");
        List<String> tasks = section.list("tasks", List.of(), this::task);
        section.distinct("tasks", tasks, task -> task, ONCE);
        if (!tasks.isEmpty() && !random.isEmpty()) {
            section.problem(
                    "tasks",
                    "cannot be asked: " + random
                            + " has random weights: accuracy means nothing; remove evaluation.tasks");
        }
        boolean underLoad = section.flag("under-load", false);
        if (underLoad && (tasks.isEmpty() || !searched)) {
            section.problem(
                    "under-load",
                    "needs tasks that can be asked and load.search-capacity, whose rate is offered beside them");
        }
        Study.Evaluation evaluation = new Study.Evaluation(
                tasks,
                section.whole("samples", 200, 1, 1_000_000),
                section.whole("subset", 50, 1, 1_000_000),
                section.whole("concurrency", 8, 1, 1024),
                prompting(section),
                underLoad);
        section.end();
        return evaluation;
    }

    private static Prompting prompting(Section section) {
        boolean chat = section.flag("chat", false);
        boolean turns = section.flag("few-shot-turns", false);
        boolean systemInUser = section.flag("system-in-user", false);
        String system = section.text("system", "");
        if (systemInUser && !chat) {
            section.problem("system-in-user", "needs 'chat: true': without a chat template there are no messages");
        }
        if (turns && !chat) {
            section.problem("few-shot-turns", "needs 'chat: true': without a chat template there are no turns");
        }
        if (system.length() > Prompting.LONGEST_SYSTEM) {
            section.problem("system", "has " + system.length() + " characters; at most " + Prompting.LONGEST_SYSTEM);
            return Prompting.PLAIN;
        }
        return new Prompting(chat, chat && turns, system, chat && systemInUser);
    }

    /** The section on load. */
    private record Load(
            List<Study.Scenario> scenarios,
            Optional<Study.Capacity> capacity,
            int retries,
            Optional<Duration> budget) {}

    private Load load(Section root) {
        boolean asked = root.has("load");
        Section section = root.section("load");
        List<Study.Scenario> scenarios = section.sections("scenarios", this::named, null);
        long distinct = scenarios.stream().map(Study.Scenario::name).distinct().count();
        if (distinct < scenarios.size()) {
            root.problem("load", "has two scenarios of the same name");
        }
        Optional<Study.Capacity> capacity =
                asked && section.flag("search-capacity", true) ? Optional.of(capacity(section)) : Optional.empty();
        Load load = new Load(
                scenarios,
                capacity,
                section.whole("retries", 2, 0, 100),
                section.has("budget") ? Optional.of(section.duration("budget", null)) : Optional.empty());
        section.end();
        return load;
    }

    private static Study.Capacity capacity(Section load) {
        Section section = load.section("capacity");
        Study.Capacity capacity = new Study.Capacity(
                described(section, "capacity", new Poisson(1)),
                section.whole("users", 16, 1, 10_000),
                section.number("start-rate", 1.0, 0.001, 100_000),
                section.number("resolution", 0.05, 0.005, 1),
                section.whole("most-probes", 10, 2, 1000),
                section.whole("more-repeats", 3, 0, 100));
        section.end();
        return capacity;
    }

    /** A scenario, written out or in a file of its own. */
    private Study.Scenario named(Section section) {
        return section.has("file") ? ScenarioFile.read(section.file("file"), problems) : scenario(section);
    }

    static Study.Scenario scenario(Section section) {
        String name = section.read("name", null, StudyFile::scenarioName, "scenario");
        return described(section, name, arrivals(section));
    }

    /** The one kind of arrivals that a scenario names. */
    static ArrivalPattern arrivals(Settings section) {
        List<ArrivalPattern.Kind> named = ArrivalPattern.kinds().stream()
                .filter(kind -> section.has(kind.id()))
                .toList();
        if (named.size() != 1) {
            section.problem(
                    "name",
                    "needs one kind of arrivals, " + (named.isEmpty() ? "none is" : named.size() + " are")
                            + " named. Use one of: "
                            + ArrivalPattern.kinds().stream()
                                    .map(kind -> kind.id() + ": " + kind.example())
                                    .collect(Collectors.joining(", ")));
            return new Closed(1);
        }
        ArrivalPattern.Kind kind = named.get(0);
        return section.value(kind.id(), kind::read, new Closed(1));
    }

    private static Study.Scenario described(Section section, String name, ArrivalPattern arrivals) {
        return new Study.Scenario(
                name,
                arrivals.openLoop() ? Workload.Kind.LOAD_OPEN : Workload.Kind.LOAD_CLOSED,
                arrivals,
                section.duration("warm-up", Duration.ofSeconds(5)),
                section.positiveDuration("duration", Duration.ofSeconds(30)),
                section.positiveDuration("timeout", Duration.ofMinutes(1)),
                WorkloadSettings.read(section),
                section.flag("allow-prefix-reuse", false),
                section.flag("keep-texts", false));
    }

    private static Manifest.Objectives objectives(Section root, String random) {
        Section section = root.section("objectives");
        if (section.has("accuracy-margin") && !random.isEmpty()) {
            section.problem(
                    "accuracy-margin",
                    "cannot be held: " + random
                            + " has random weights: accuracy means nothing; remove objectives.accuracy-margin");
        }
        Manifest.Objectives objectives = new Manifest.Objectives(
                section.optionalMillis("ttft"),
                section.optionalMillis("tpot"),
                section.optionalMillis("e2e"),
                section.number("goodput", 0.99, 0, 1),
                section.number("accuracy-margin", 0.02, 0, 1));
        section.end();
        return objectives;
    }

    private Manifest.Prices prices(Section root, String hardware) {
        String name = root.text("prices", null);
        Manifest.Prices none = new Manifest.Prices("", "", "", Map.of());
        Path path = folder.resolve(name);
        if (name.isEmpty() || !Files.isRegularFile(path)) {
            root.problem("prices", "names the file " + path + ", which does not exist");
            return none;
        }
        try {
            Section list = Section.of(name, folder, "", YamlNode.read(Files.readString(path), name), problems);
            Section perHour = list.section("usd-per-hour");
            Manifest.Prices prices = new Manifest.Prices(
                    list.text("name", null),
                    list.read("date", null, text -> LocalDate.parse(text).toString(), ""),
                    list.text("source", null),
                    perHour.numbers());
            perHour.end();
            list.end();
            if (!hardware.isEmpty() && !prices.usdPerHour().containsKey(hardware)) {
                root.problem(
                        "hardware",
                        "'" + hardware + "' has no price in " + name + "; it has "
                                + prices.usdPerHour().keySet());
            }
            return prices;
        } catch (IOException e) {
            root.problem("prices", "cannot be read: " + e);
            return none;
        }
    }

    private static String scenarioName(String text) {
        if (STEPS.contains(text)) {
            throw new IllegalArgumentException(
                    "'" + text + "' is the name of a step of the harness itself; give the scenario another");
        }
        return kebab(text);
    }

    private String task(String text) {
        TaskFiles.problem(text, folder).ifPresent(problem -> {
            throw new IllegalArgumentException(problem);
        });
        return text;
    }

    private static String kebab(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException("must be lower-case letters, digits and '-', at most 61, got: " + text);
        }
        return text;
    }
}
