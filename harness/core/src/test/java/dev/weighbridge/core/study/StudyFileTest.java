package dev.weighbridge.core.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ServerTarget;
import dev.weighbridge.api.load.Closed;
import dev.weighbridge.api.load.Poisson;
import dev.weighbridge.api.load.RequestObjectives;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.load.PromptPlan;
import dev.weighbridge.core.load.WorkloadPlan;
import dev.weighbridge.datasets.Prompting;
import dev.weighbridge.results.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StudyFileTest {
    private static final Path STUDIES = Path.of("..", "studies");
    private static final String SMALL = """
            study: small
            models: [model]
            engines: [alpha]
            hardware: box
            prices: prices.yaml
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void priceList() throws IOException {
        Files.writeString(
                folder.resolve("prices.yaml"), "name: list\ndate: 2026-11-01\nsource: us\nusd-per-hour:\n  box: 1.5\n");
    }

    private Study parse(String text) {
        return StudyFile.parse(text, "study.yaml", folder);
    }

    private void assertProblem(String text, String... parts) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void theShippedStudiesAreValid() {
        Study quickstart = StudyFile.read(STUDIES.resolve("quickstart.yaml"));
        assertThat(quickstart.engines()).extracting(EngineChoice::name).containsExactly("pytorch", "onnxruntime");
        assertThat(quickstart.precisions()).hasSize(3);
        assertThat(quickstart.batching()).hasSize(3);
        assertThat(quickstart.prices().usdPerHour()).containsKey(quickstart.hardware());
        Study families = StudyFile.read(STUDIES.resolve("families.yaml"));
        assertThat(families.models()).hasSize(5);
        assertThat(families.evaluation().tasks()).isEmpty();
        Study gpu = StudyFile.read(STUDIES.resolve("gpu.yaml"));
        assertThat(gpu.device().kind()).isEqualTo(DeviceRequest.Kind.CUDA);
        assertThat(gpu.prices().usdPerHour()).containsKey(gpu.hardware());
    }

    @Test
    void theReferenceStatesTheDefaultsThatAStudyWithoutThemGets() {
        Study reference = StudyFile.read(STUDIES.resolve("reference.yaml"));
        Study defaults = parse(SMALL);
        assertThat(reference.seed()).isEqualTo(defaults.seed());
        assertThat(reference.device()).isEqualTo(defaults.device()).isEqualTo(DeviceRequest.AUTO);
        assertThat(reference.threads()).isEqualTo(defaults.threads());
        assertThat(reference.contextLength()).isEqualTo(defaults.contextLength());
        assertThat(reference.parity()).isEqualTo(defaults.parity());
        assertThat(reference.repeats()).isEqualTo(defaults.repeats()).isEqualTo(3);
        assertThat(reference.evaluation().samples())
                .isEqualTo(defaults.evaluation().samples());
        assertThat(reference.evaluation().concurrency())
                .isEqualTo(defaults.evaluation().concurrency());
        assertThat(reference.objectives().goodputShare())
                .isEqualTo(defaults.objectives().goodputShare());
        assertThat(reference.objectives().accuracyMargin())
                .isEqualTo(defaults.objectives().accuracyMargin());
    }

    @Test
    void everyKeyReachesTheStudy() {
        Study study = parse(SMALL + """
                description: why
                seed: 7
                precisions: [int8, int4]
                batching: [{policy: static, size: 4, delay: 30ms}, continuous]
                device: cuda:1
                threads: 2
                context-length: 128
                baseline: {engine: alpha, precision: int8, batching: continuous}
                parity: {prompts: 3, max-kl-divergence: {int8: 0.5}, min-top1-agreement: {int4: 0.25}}
                evaluation: {tasks: [demo-sorting, demo-arithmetic], samples: 5, subset: 3, concurrency: 2,
                             chat: true, few-shot-turns: true, system: Be brief., system-in-user: true, under-load: true}
                load:
                  scenarios:
                    - {name: open, poisson: {rate-per-second: 2.5}, warm-up: 1s, duration: 1m, timeout: 5s, max-tokens: 9,
                       prompts: demo-mixed, allow-prefix-reuse: true}
                    - {name: full, closed: {users: 3}, output-tokens: 17}
                    - {name: skewed, closed: {users: 3}, output-tokens: {log-normal: {median: 24, sigma: 0.5, most: 96}}}
                    - {name: standard, closed: {users: 3}}
                  capacity: {users: 5, start-rate: 0.5, resolution: 0.1, most-probes: 6, duration: 9s,
                             output-tokens: {uniform: {least: 4, most: 11}}}
                  retries: 1
                  budget: 90s
                repeats: 5
                objectives: {ttft: 100ms, tpot: 20ms, e2e: 2s, goodput: 0.9, accuracy-margin: 0.05}
                """);
        assertThat(study.description()).isEqualTo("why");
        assertThat(study.seed()).isEqualTo(7);
        assertThat(study.models()).containsExactly(new Study.Model(folder.resolve("model"), "unknown"));
        assertThat(study.precisions()).containsExactly(Precision.INT8, Precision.INT4);
        assertThat(study.batching())
                .containsExactly(
                        new Batching(Batching.Policy.STATIC, 4, Duration.ofMillis(30)), Batching.continuous(8));
        assertThat(study.device()).isEqualTo(new DeviceRequest(DeviceRequest.Kind.CUDA, 1));
        assertThat(study.threads()).isEqualTo(2);
        assertThat(study.contextLength()).isEqualTo(128);
        assertThat(study.baseline()).isEqualTo(new Study.Baseline("alpha", Precision.INT8, Batching.continuous(8)));
        assertThat(study.parity().prompts()).isEqualTo(3);
        assertThat(study.parity().maxKlDivergence()).containsEntry(Precision.INT8, 0.5);
        assertThat(study.parity().minTop1Agreement()).containsEntry(Precision.INT4, 0.25);
        assertThat(study.evaluation())
                .isEqualTo(new Study.Evaluation(
                        java.util.List.of("demo-sorting", "demo-arithmetic"),
                        5,
                        3,
                        2,
                        new Prompting(true, true, "Be brief.", true),
                        true));
        assertThat(study.scenarios().get(0))
                .isEqualTo(new Study.Scenario(
                        "open",
                        Workload.Kind.LOAD_OPEN,
                        new Poisson(2.5),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(5),
                        WorkloadPlan.of(new PromptPlan.Pool("demo-mixed"), new TokenLength.AtMost(9)),
                        true,
                        false));
        assertThat(study.scenarios().get(1).arrivals()).isEqualTo(new Closed(3));
        assertThat(length(study.scenarios().get(1))).isEqualTo(new TokenLength.Exactly(17));
        assertThat(length(study.scenarios().get(2))).isEqualTo(new TokenLength.LogNormal(24, 0.5, 96));
        assertThat(length(study.scenarios().get(3))).isEqualTo(new TokenLength.Exactly(32));
        Study.Capacity capacity = study.capacity().orElseThrow();
        assertThat(capacity.users()).isEqualTo(5);
        assertThat(capacity.startRate()).isEqualTo(0.5);
        assertThat(capacity.resolution()).isEqualTo(0.1);
        assertThat(capacity.mostProbes()).isEqualTo(6);
        assertThat(capacity.load().duration()).isEqualTo(Duration.ofSeconds(9));
        assertThat(length(capacity.load())).isEqualTo(new TokenLength.Uniform(4, 11));
        assertThat(length(capacity.probe()))
                .isEqualTo(length(capacity.saturation()))
                .isEqualTo(new TokenLength.Uniform(4, 11));
        assertThat(study.retries()).isEqualTo(1);
        assertThat(study.budget()).contains(Duration.ofSeconds(90));
        assertThat(study.repeats()).isEqualTo(5);
        assertThat(study.objectives().ttftMillis()).isEqualTo(100);
        assertThat(study.objectives().tpotMillis()).isEqualTo(20);
        assertThat(study.objectives().e2eMillis()).isEqualTo(2000);
        assertThat(study.objectives().goodputShare()).isEqualTo(0.9);
        assertThat(study.objectives().accuracyMargin()).isEqualTo(0.05);
    }

    @Test
    void anUnknownKeyIsToldWithItsLineAndTheNearestKnownOne() {
        assertProblem(
                SMALL + "load:\n  scenarios:\n    - name: chat\n      poisson: {rateper: 5}\n",
                "study.yaml:9: load.scenarios[0].poisson.rateper: unknown key. Did you mean 'rate-per-second'?");
        assertProblem(
                SMALL + "presicions: [fp32]\n", "study.yaml:6: presicions: unknown key. Did you mean 'precisions'?");
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertProblem(
                "study: Not Kebab\nmodels: [m]\nengines: [a]\nhardware: tank\nprices: prices.yaml\nprecisions: [fp33]\nrepeats: many\n",
                "problems:",
                "study.yaml:1: study: must be lower-case",
                "study.yaml:4: hardware 'tank' has no price",
                "precision 'fp33' does not exist. Use one of: fp32",
                "study.yaml:7: repeats must be a number, got: many");
    }

    @Test
    void missingKeysAreToldByName() {
        assertProblem(
                "study: small\n", "engines is missing", "hardware is missing", "prices is missing", "models must have");
    }

    @Test
    void aScenarioNeedsExactlyOneKindOfArrivals() {
        assertProblem(
                SMALL + "load: {scenarios: [{name: x}]}\n",
                "load.scenarios[0].name needs one kind of arrivals, none is named. Use one of: burst: {base-rate: 5,");
        assertProblem(
                SMALL + "load: {scenarios: [{name: x, closed: {users: 1}, poisson: {rate-per-second: 1}}]}\n",
                "load.scenarios[0].name needs one kind of arrivals, 2 are named.");
    }

    @Test
    void aBaselineOutsideTheStudyIsRefused() {
        assertProblem(SMALL + "baseline: {engine: beta}\n", "baseline.engine 'beta' is not among the study's engines");
    }

    @Test
    void textThatIsNotYamlIsToldWithItsLine() {
        assertProblem("study: [a\n", "study.yaml:");
        assertProblem("- a\n- b\n", "study.yaml:1: a study file must be a mapping");
    }

    @Test
    void aMissingFileIsToldByItsPath() {
        assertThatThrownBy(() -> StudyFile.read(folder.resolve("none.yaml")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none.yaml does not exist");
    }

    @Test
    void aDeviceFromTheCommandLineReplacesTheStudysAndIsKeptInItsText() throws IOException {
        Path file = folder.resolve("s.yaml");
        Files.writeString(file, SMALL + "device: auto\n");
        Study study = StudyFile.read(file, "cpu");
        assertThat(study.device()).isEqualTo(DeviceRequest.CPU);
        assertThat(StudyFile.parse(study.text(), "kept", folder).device()).isEqualTo(DeviceRequest.CPU);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prompts: pool    | prompts names the pool 'pool', which does not exist. Use one of: demo-mixed
            duration: 0s     | duration: must be longer than 0, got: 0s
            timeout: 0ms     | timeout: must be longer than 0, got: 0ms
            max-tokens: 0    | max-tokens: must be between 1
            warm-up: -1s     | warm-up: must be a duration
            """)
    void aScenarioThatCannotBeMeasuredIsRefused(String entry, String problem) {
        assertOnlyProblem(
                SMALL + "load: {scenarios: [{name: x, closed: {users: 1}, " + entry + "}]}\n",
                "study.yaml:6: load.scenarios[0]." + problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            output-tokens: {uniform: {least: 48, most: 16}}                       | output-tokens.uniform least must not be above most, got: least 48, most 16
            output-tokens: {log-normal: {median: 200, sigma: 0.5, most: 128}}     | output-tokens.log-normal median must not be above most, got: median 200, most 128
            output-tokens: {log-normal: {median: 32, sigma: -1, most: 128}}       | output-tokens.log-normal.sigma: must be between 0.0 and 5.0, got: -1
            output-tokens: {log-normal: {median: 32, sigma: NaN, most: 128}}      | output-tokens.log-normal.sigma: must be between 0.0 and 5.0, got: NaN
            output-tokens: {log-normal: {median: 32, most: 128}}                  | output-tokens.log-normal.sigma is missing
            output-tokens: {uniform: {least: 0, most: 16}}                        | output-tokens.uniform.least: must be between 1 and 100000, got: 0
            output-tokens: {uniform: {least: 200, most: 300000}}                  | output-tokens.uniform.most: must be between 1 and 100000, got: 300000
            output-tokens: {uniform: {least: 4, most: 16, mean: 9}}               | output-tokens.uniform.mean: unknown key. Known here: least, most
            output-tokens: {unifrom: {least: 4, most: 16}}                        | output-tokens.unifrom: unknown key. Did you mean 'uniform'?
            output-tokens: {uniform: 16}                                          | output-tokens.uniform must be a mapping
            output-tokens: {}                                                     | output-tokens needs one of 'uniform', 'log-normal' and 'empirical'
            output-tokens: {uniform: {least: 4, most: 16}, log-normal: {median: 4, sigma: 1, most: 9}} | output-tokens needs one of 'uniform', 'log-normal' and 'empirical'
            output-tokens: [16, 48]                                               | output-tokens must be a single value
            output-tokens: 0                                                      | output-tokens: must be between 1 and 100000, got: 0
            max-tokens: {uniform: {least: 4, most: 16}}                           | max-tokens must be a single value
            max-tokens: 9, output-tokens: 9                                       | output-tokens and 'max-tokens' exclude each other
            max-tokens: 9, output-tokens: {uniform: {least: 4, most: 16}}         | output-tokens and 'max-tokens' exclude each other
            """)
    void anOutputLengthThatCannotBeAskedIsOneClearError(String entry, String problem) {
        assertOnlyProblem(
                SMALL + "load:\n  scenarios:\n    - {name: x, closed: {users: 1}, " + entry + "}\n",
                "study.yaml:8: load.scenarios[0]." + problem);
        assertOnlyProblem(
                SMALL + "load:\n  capacity:\n    {users: 4, " + entry + "}\n",
                "study.yaml:8: load.capacity." + problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"parity", "evaluation", "saturation", "capacity"})
    void aScenarioCalledLikeAStepOfTheHarnessIsRefused(String name) {
        assertOnlyProblem(
                SMALL + "load: {scenarios: [{name: " + name + ", closed: {users: 1}}]}\n",
                "study.yaml:6: load.scenarios[0].name: '" + name + "' is the name of a step");
    }

    @Test
    void anUnknownTaskIsRefusedWithThoseThatExist() {
        assertOnlyProblem(
                SMALL + "evaluation: {tasks: [mmlu]}\n",
                "study.yaml:6: evaluation.tasks: task 'mmlu' does not exist. Use one of: demo-arithmetic, ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            precisions: [fp32, int8, FP32]                         | precisions names 'fp32' more than once
            batching: [none, {policy: none}]                       | batching names 'none' more than once
            batching: [dynamic, {policy: dynamic, size: 8}]        | batching names 'dynamic
            evaluation: {tasks: [demo-sorting, demo-sorting]}      | evaluation.tasks names 'demo-sorting' more than once
            """)
    void whatIsNamedTwiceIsRefused(String line, String problem) {
        assertOnlyProblem(SMALL + line + "\n", "study.yaml:6: " + problem);
    }

    @Test
    void anEngineNamedTwiceIsRefused() {
        assertOnlyProblem(
                SMALL.replace("[alpha]", "[alpha, beta, alpha, alpha]"),
                "study.yaml:3: engines names 'alpha' more than once");
    }

    @Test
    void batchingPoliciesThatDifferInSizeOrDelayAreDifferent() {
        assertThat(parse(SMALL + "batching: [continuous, {policy: continuous, size: 4}]\n")
                        .batching())
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"one/model, two/model, model", "a b, a_b, a_b", "model, model/, model"})
    void modelsWhoseVariantsWouldHaveTheSameNameAreRefused(String first, String second, String name) {
        assertOnlyProblem(
                SMALL.replace("[model]", "[\"" + first + "\", {path: \"" + second + "\"}]"),
                "study.yaml:2: models names '" + name
                        + "' more than once. Variants are named after the model's folder: rename one.");
    }

    @Test
    void anObjectiveThatNothingCanMeetIsRefused() {
        assertOnlyProblem(SMALL + "objectives: {ttft: 0ms}\n", "objectives.ttft: must be longer than 0, got: 0ms");
    }

    private static final String SERVER = """
            study: small
            models: [model]
            engines:
              - alpha
              - name: llama-cpp
                command: [python3, -m, llama_cpp.server, --model, "{model}/model.gguf", --port, "{port}", "{options}"]
                environment: {OMP_NUM_THREADS: "{threads}"}
                url: http://127.0.0.1:{port}
                health: /health
                start-timeout: 30s
                options: {tensor-parallel-size: [1, 2], n_batch: 64}
                gpus: tensor-parallel-size
                body: {cache_prompt: false, top_k: 3, user: ci, min_tokens: null}
                headers: {X-Team: blue}
                key-variable: LLAMA_KEY
                precisions: [int4]
            hardware: box
            prices: prices.yaml
            """;

    @Test
    void aServerOfAStudyIsReadWithItsOptionsAsAxes() {
        String text = SERVER.replace("n_batch", "n-batch");
        EngineChoice server = parse(text).engines().get(1);

        assertThat(server.adapter()).isEqualTo("openai");
        assertThat(server.precisions()).containsExactly(Precision.INT4);
        assertThat(server.batching()).containsExactly(Batching.continuous(8));
        assertThat(server.combinations())
                .containsExactly(
                        Map.of("n-batch", "64", "tensor-parallel-size", "1"),
                        Map.of("n-batch", "64", "tensor-parallel-size", "2"));
        assertThat(server.gpus(Map.of("tensor-parallel-size", "2"))).isEqualTo(2);
        assertThat(EngineChoice.suffix(server.combinations().get(1))).isEqualTo("~n-batch_64+tensor-parallel-size_2");
        ServerTarget target = server.server().orElseThrow();
        assertThat(target.launch().orElseThrow().command()).endsWith("{port}", "{options}");
        assertThat(target.launch().orElseThrow().timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(target.body())
                .isEqualTo(Map.of("cache_prompt", false, "top_k", 3L, "user", "ci", "min_tokens", Endpoint.OMITTED));
        assertThat(target.keyVariable()).isEqualTo("LLAMA_KEY");
        assertThat(target.model()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            n_batch: 64           | n_batch: 64            | options.n_batch is no name of an option
            X-Team: blue          | X-Api-Key: s3cr3t      | headers.X-Api-Key may hold a secret
            http://127            | ftp://127              | url: must be an http or https address
            health: /health       | metrics: ftp://127/m   | metrics: must be a path such as /metrics or an address
            LLAMA_KEY             | sk-123                 | key-variable: must be the name of an environment variable, not the key itself
            size: [1, 2]          | size: [one, 2]         | gpus must be a number of 1 or more, or the name of an option
            """)
    void aServerThatCannotBeUsedIsOneClearError(String good, String bad, String problem) {
        String text = (good.equals("n_batch: 64") ? SERVER : SERVER.replace("n_batch", "n-batch")).replace(good, bad);
        assertOnlyProblem(text, "engines[1]." + problem);
    }

    private void assertOnlyProblem(String text, String problem) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem)
                .hasMessageNotContaining("problems:");
    }

    private static TokenLength length(Study.Scenario scenario) {
        return scenario.workload().sessions().get(0).outputLength();
    }

    private static String mixed(String objectives) {
        return SMALL + """
                load:
                  scenarios:
                    - name: mixed
                      closed: {users: 2}
                      classes:
                        - {name: short, weight: 3}
                        - {name: long, objectives: {%s}}
                """.formatted(objectives);
    }

    @Test
    void aClassMayHaveObjectivesOfItsOwn() {
        WorkloadPlan plan = parse(mixed("ttft: 2s, e2e: 1m, goodput: 0.9"))
                .scenarios()
                .get(0)
                .workload();
        assertThat(plan.open(new PromptPlan.Draw(1, 0)).objectives())
                .isEqualTo(Map.of("long", new RequestObjectives(2_000.0, null, 60_000.0, 0.9)));
        assertProblem(mixed("ttfb: 2s"), "load.scenarios[0].classes[1].objectives", "ttfb", "ttft");
        assertProblem(mixed("goodput: 1.5"), "classes[1].objectives.goodput", "1.5");
        assertProblem(mixed(""), "objectives", "names none of ttft, tpot, e2e and goodput");
    }
}
