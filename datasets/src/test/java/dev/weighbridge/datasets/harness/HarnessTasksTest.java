package dev.weighbridge.datasets.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.Prompting;
import dev.weighbridge.datasets.TaskOptions;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.harness.port.PortedFunction;
import dev.weighbridge.datasets.harness.port.PythonPorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Task files of lm-evaluation-harness against what it makes of them itself ({@code scripts/reference/make_harness_fixtures.py}). */
class HarnessTasksTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FIXTURES = fixtures();

    @TempDir
    Path folder;

    private static Path fixtures() {
        try {
            return Path.of(Objects.requireNonNull(HarnessTasksTest.class.getResource("expected.jsonl.gz"))
                            .toURI())
                    .getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<JsonNode> expected() throws IOException {
        List<JsonNode> tasks = lines(FIXTURES.resolve("expected.jsonl.gz"));
        assertThat(tasks).hasSizeGreaterThan(40);
        List<JsonNode> ported = lines(FIXTURES.resolve("expected-ports.jsonl.gz"));
        Set<String> ports = ported.stream()
                .map(task -> task.get("task").asText().split("/", -1)[1])
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(PythonPorts.modules())
                .as("each port has a task that it was held to")
                .allSatisfy(module -> assertThat(ports.contains(module.id())
                                || module.functions().values().stream()
                                        .allMatch(PortedFunction.Refused.class::isInstance))
                        .as(module.id())
                        .isTrue());
        tasks.addAll(ported);
        return tasks.stream();
    }

    private static Path file(String name) {
        return FIXTURES.resolve((name.startsWith("ports/") ? "" : "tasks/") + name + ".yaml");
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> tasks = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                tasks.add(JSON.readTree(line));
            }
        }
        return tasks;
    }

    @ParameterizedTest
    @MethodSource("expected")
    void requestsAreThoseOfTheHarnessToTheByte(JsonNode expected) {
        String name = expected.get("task").asText();
        TaskSet task = HarnessTasks.load(file(name), FIXTURES, null).get(0);
        assertThat(task.broken()).isEmpty();
        for (int i = 0; i < expected.get("samples").size(); i++) {
            JsonNode sample = expected.get("samples").get(i);
            assertThat(requests(task, task.samples().get(sample.get("doc_id").asInt())))
                    .as("%s, row %d", name, i)
                    .isEqualTo(theirs(sample));
        }
    }

    static Stream<JsonNode> chats() throws IOException {
        List<JsonNode> chats = lines(FIXTURES.resolve("chats.jsonl.gz"));
        assertThat(chats).hasSizeGreaterThan(120);
        return chats.stream();
    }

    @ParameterizedTest
    @MethodSource("chats")
    void chatsAreThoseOfTheHarness(JsonNode expected) throws IOException {
        String name = expected.get("task").asText();
        Prompting prompting = new Prompting(
                expected.get("chat").asBoolean(),
                expected.get("turns").asBoolean(),
                expected.get("system").asText());
        TaskSet task = HarnessTasks.load(
                        FIXTURES.resolve("tasks/" + name + ".yaml"),
                        new HarnessTasks.Given(null, null, TaskOptions.of(prompting)),
                        FIXTURES)
                .get(0);
        for (JsonNode sample : expected.get("samples")) {
            TaskSet.Sample own = task.samples().get(sample.get("doc_id").asInt());
            assertThat(parsed(requests(task, own))).as(name).isEqualTo(parsed(theirs(sample)));
        }
    }

    /** Requests with their messages as JSON, whose white space says nothing. */
    private static List<List<JsonNode>> parsed(List<List<String>> requests) throws IOException {
        List<List<JsonNode>> parsed = new ArrayList<>();
        for (List<String> request : requests) {
            List<JsonNode> texts = new ArrayList<>();
            for (String text : request) {
                texts.add(
                        text.startsWith("[{\"role\"")
                                ? JSON.readTree(text)
                                : JSON.getNodeFactory().textNode(text));
            }
            parsed.add(texts);
        }
        return parsed;
    }

    /** The task files that lm-evaluation-harness itself carries; they are not ours to ship. */
    @Test
    void requestsOfItsOwnTaskFilesAreThose() throws IOException {
        String corpus = System.getProperty("weighbridge.harness-package");
        assumeTrue(
                corpus != null,
                "-Dweighbridge.harness-package=FOLDER is not given: what make_harness_fixtures.py --package FOLDER wrote");
        int[] equal = {0};
        List<String> unread = new ArrayList<>();
        List<String> different = new ArrayList<>();
        lines(Path.of(corpus).resolve("expected.jsonl.gz")).forEach(expected -> {
            Path file = Path.of(expected.get("file").asText());
            try {
                TaskSet task = HarnessTasks.load(
                                file, folder, Path.of(expected.get("rows").asText()))
                        .get(0);
                List<String> places = differences(task, expected);
                equal[0] += places.isEmpty() ? 1 : 0;
                different.addAll(
                        places.stream().map(place -> file + ": " + place).toList());
            } catch (DataException e) {
                unread.add(file + ": " + e.getMessage());
            }
        });
        System.out.println(equal[0] + " task files equal to the byte, " + unread.size() + " not read:");
        unread.forEach(System.out::println);
        assertThat(different).isEmpty();
        assertThat(equal[0]).isGreaterThanOrEqualTo(30);
    }

    private static List<String> differences(TaskSet task, JsonNode expected) {
        List<String> different = new ArrayList<>(task.broken());
        Map<Integer, TaskSet.Sample> byRow = new HashMap<>();
        task.samples()
                .forEach(sample -> byRow.put(
                        Integer.parseInt(sample.id().substring(sample.id().lastIndexOf('-') + 1)) - 1, sample));
        for (JsonNode sample : expected.get("samples")) {
            TaskSet.Sample own = byRow.get(sample.get("doc_id").asInt());
            if (own != null && !requests(task, own).equals(theirs(sample))) {
                different.add("row " + sample.get("doc_id") + ": " + requests(task, own) + " for " + theirs(sample));
            }
        }
        return different;
    }

    private static List<List<String>> theirs(JsonNode sample) {
        List<List<String>> requests = new ArrayList<>();
        for (JsonNode arguments : sample.get("arguments")) {
            List<String> request = new ArrayList<>();
            arguments.forEach(argument -> {
                if (argument.isTextual()) {
                    request.add(argument.asText());
                }
            });
            requests.add(request);
        }
        return requests;
    }

    private static List<List<String>> requests(TaskSet task, TaskSet.Sample sample) {
        String delimiter = task.rules().asking().delimiter();
        List<List<String>> requests = new ArrayList<>(asked(task, sample, delimiter));
        if (task.rules().asking().details().alone()) {
            sample.choices().forEach(choice -> requests.add(List.of("", delimiter + choice)));
        }
        return requests;
    }

    private static List<List<String>> asked(TaskSet task, TaskSet.Sample sample, String delimiter) {
        return switch (task.rules().asking().output()) {
            case GENERATE -> List.of(List.of(sample.prompt()));
            case LIKELIHOOD ->
                List.of(List.of(sample.prompt(), delimiter + sample.targets().get(0)));
            case ROLLING -> List.of(List.of(sample.targets().get(0)));
            case MULTIPLE_CHOICE ->
                sample.cloze()
                        .map(cloze -> cloze.prompts().stream()
                                .map(prompt -> List.of(prompt, delimiter + cloze.ending()))
                                .toList())
                        .orElseGet(() -> sample.choices().stream()
                                .map(choice -> List.of(sample.prompt(), delimiter + choice))
                                .toList());
        };
    }

    private TaskSet load(String yaml) throws IOException {
        Files.writeString(
                folder.resolve("rows.jsonl"),
                "{\"q\": \"a?\", \"c\": [\"x\", \"y\"], \"a\": 1}\n{\"q\": \"b?\", \"c\": [\"x\", \"y\"], \"a\": 7}\n");
        Path file = Files.writeString(folder.resolve("task.yaml"), yaml);
        return HarnessTasks.load(file, folder, folder.resolve("rows.jsonl")).get(0);
    }

    private static final String TASK = """
            task: t
            dataset_path: some/set
            test_split: test
            output_type: multiple_choice
            doc_to_text: "{{q}}"
            doc_to_choice: c
            doc_to_target: a
            """;

    @Test
    void aGoldIndexOutOfRangeCostsItsRow() throws IOException {
        TaskSet task = load(TASK);
        assertThat(task.samples()).hasSize(1);
        assertThat(task.broken()).singleElement().asString().contains("row 2", "names 7 as its answer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "process_docs: !function utils.prepare | is Python (!function utils.prepare)",
                "doc_to_text: !function utils.text | utils.py is missing",
                "doc_to_choice: !function known.doc_to_choice | none of the Python files",
                "doc_to_target: !function known.other | SHA-256 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
                "doc_to_text: !function known.doc_to_text | [minerva-math, mmlu-pro, mmlu-pro-leaderboard, musr, race, winogrande]",
                "doc_to_target: !function chosen.right | of chosen.py, port winogrande, 'right' is not ported",
                "process_docs: !function chosen.doc_to_text | makes a value of a row",
                "doc_to_text: !function wrong.doc_to_text | names the port 'nothing'",
                "doc_to_text: !function ../other.text | is no name of a Python module",
                "process_docs: !function anew.process_docs | shuffles each time anew",
                "process_results: !function chosen.doc_to_text | makes a value of a row",
                "metric_list: [{metric: !function utils.score}] | utils.py is missing",
                "filter_list: [{name: a, filter: [{function: custom, filter_fn: !function utils.f}]}] | a filter is Python",
                "fewshot_config: {samples: !function chosen.doc_to_text} | makes a value of a row",
                "generation_kwargs: {top_p: 0} | above 0 and at most 1",
                "output_type: guess | must be one of",
                "metric_list: [{metric: weirdness}] | of which none is known",
                "surprise: 1 | does not know",
                "repeats: 0 | whole number",
                "doc_to_text: '{{missing}}' | there is no 'missing'",
                "doc_to_choice: '{{q}}' | no Python value",
                "filter_list: [{name: a, filter: [{function: custom}]}] | which is not known here",
                "include: task.yaml | includes itself",
                "num_fewshot: 3 | needs 3 solved questions",
                "generation_kwargs: {max_gen_toks: many} | must be a number",
                "fewshot_config: {sampler: balanced} | default or first_n",
            })
    void whatCannotBeReadIsNamed(String line, String message) throws IOException {
        Files.writeString(folder.resolve("known.py"), "foo");
        Files.writeString(folder.resolve("chosen.py.port"), "winogrande\n");
        Files.writeString(folder.resolve("wrong.py.port"), "nothing");
        Files.writeString(folder.resolve("anew.py.port"), "gpqa-n-shot");
        String key = line.substring(0, line.indexOf(':'));
        String without = TASK.replaceAll("(?m)^" + key + ":.*\n", "");
        assertThatThrownBy(() -> load(without + line + "\n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aRowThatAPortCannotWorkWithCostsItself() throws IOException {
        Files.writeString(folder.resolve("p.py.port"), "winogrande");
        Path rows = Files.writeString(folder.resolve("rows.jsonl"), """
                {"sentence": "A _ b.", "option1": "x", "option2": "y", "answer": "2"}
                {"sentence": "No blank.", "option1": "x", "option2": "y", "answer": "1"}
                """);
        Path file = Files.writeString(folder.resolve("task.yaml"), """
                task: t
                dataset_path: some/set
                validation_split: validation
                output_type: multiple_choice
                doc_to_text: !function p.doc_to_text
                doc_to_target: !function p.doc_to_target
                doc_to_choice: !function p.doc_to_choice
                """);
        TaskSet task = HarnessTasks.load(file, folder, rows).get(0);
        assertThat(task.samples()).hasSize(1);
        assertThat(task.samples().get(0).cloze().orElseThrow().prompts()).containsExactly("A x", "A y");
        assertThat(task.broken()).singleElement().asString().contains("row 2", "has no blank");
    }

    @Test
    void solvedTasksOfMbppAreLookedForInItsOwnRows() throws IOException {
        Files.writeString(folder.resolve("utils.py.port"), "mbpp");
        Path rows = Files.createDirectories(folder.resolve("rows"));
        String row = "{\"text\": \"t\", \"code\": \"c\", \"test_list\": [\"assert 1\"]}\n";
        Files.writeString(rows.resolve("test.jsonl"), row);
        Files.writeString(rows.resolve("prompt.jsonl"), row);
        Path file = Files.writeString(folder.resolve("task.yaml"), """
                task: t
                dataset_path: some/set
                test_split: test
                doc_to_text: "{{text}}"
                doc_to_target: "{{test_list[0]}}"
                num_fewshot: 3
                fewshot_config: {sampler: first_n, samples: !function utils.list_fewshot_samples}
                metric_list: [{metric: !function utils.pass_at_1}]
                """);
        assertThatThrownBy(() -> HarnessTasks.load(file, folder, rows))
                .hasMessageContaining("has not the tasks 2, 3 and 4 of MBPP");
    }

    @Test
    void aSplitIsThatOfItsOwnNameBeforeAnotherNameForIt() throws IOException {
        Path rows = Files.createDirectories(folder.resolve("data"));
        String row = "{\"q\": \"%s?\", \"c\": [\"x\", \"y\"], \"a\": 1}\n";
        Files.writeString(rows.resolve("dev.jsonl"), row.formatted("dev"));
        Path file = Files.writeString(folder.resolve("task.yaml"), TASK.replace("test_split: test", "test_split: val"));
        assertThat(HarnessTasks.load(file, folder, rows).get(0).samples().get(0).prompt())
                .isEqualTo("dev?");
        Files.writeString(rows.resolve("val-00000-of-00002.jsonl"), row.formatted("val 0"));
        Files.writeString(rows.resolve("val-00001-of-00002.jsonl"), row.formatted("val 1"));
        assertThat(HarnessTasks.load(file, folder, rows).get(0).samples())
                .extracting(TaskSet.Sample::prompt)
                .containsExactly("val 0?", "val 1?");
    }

    @Test
    void metricsThatAreLeftOutAreSaid() throws IOException {
        assertThat(load(TASK + "metric_list: [{metric: acc}, {metric: likelihood}]\n")
                        .notes())
                .containsExactly("metric 'likelihood' is not computed");
        assertThat(load(TASK
                                + "metric_list: [{metric: acc}, {metric: f1, aggregation: !function utils.weighted},"
                                + " {metric: acc_norm, aggregation: median}]\n")
                        .notes())
                .containsExactly(
                        "metric 'f1' is not computed: its figure is made by !function utils.weighted",
                        "metric 'acc_norm' is not computed: its figure is made by median");
    }

    @Test
    void solvedQuestionsFromTheSplitThatIsAskedAreSaid() {
        TaskSet task = HarnessTasks.load(FIXTURES.resolve("tasks/write-shots-of-test.yaml"), FIXTURES, null)
                .get(0);
        assertThat(task.notes()).singleElement().asString().contains("which is also asked");
    }

    @Test
    void aGroupGivesItsMembersByNameTagAndDescription() throws IOException {
        Path rows = Files.createDirectories(folder.resolve("rows/some/one"));
        Files.writeString(rows.resolve("test.jsonl"), "{\"q\": \"a?\", \"c\": [\"x\", \"y\"], \"a\": 1}\n");
        Path tasks = Files.createDirectories(folder.resolve("tasks/deep"));
        Files.writeString(tasks.resolve("base"), TASK.replace("task: t\n", "").replace("some/set", "some/one"));
        for (String name : List.of("b", "a", "c")) {
            String tag = name.equals("c") ? "" : "tag: pair\n";
            Files.writeString(tasks.resolve(name + ".yaml"), "include: base\ntask: " + name + "\n" + tag);
        }
        Path group = Files.writeString(folder.resolve("tasks/group.yaml"), """
                group: all
                task:
                  - pair
                  - task: c
                    num_fewshot: 0
                    target_delimiter: ": "
                  - group: inner
                    task: [c]
                group_alias: Everything
                metadata: {version: 2.5}
                aggregate_metric_list: [{metric: acc, weight_by_size: false, filter_list: none}]
                """);
        List<TaskSet> members = HarnessTasks.load(group, folder, folder.resolve("rows"));
        assertThat(members).extracting(TaskSet::id).containsExactly("a", "b", "c", "c");
        assertThat(members.get(2).rules().asking().delimiter()).isEqualTo(": ");
        assertThat(members.get(0).rules().listing().groups())
                .containsExactly(new TaskSet.Group(
                        "all", "Everything", "2.5", List.of(new TaskSet.GroupFigure("acc", List.of("none"), false))));
        assertThat(members.get(3).rules().listing().groups())
                .extracting(TaskSet.Group::id)
                .containsExactly("all", "all::inner");
        Files.writeString(group, "group: all\ntask: [nobody]\n");
        assertThatThrownBy(() -> HarnessTasks.load(group, folder, null)).hasMessageContaining("names 'nobody'");
        Files.writeString(group, "group: all\ntask: [c]\naggregate_metric_list: {metric: acc, aggregation: median}\n");
        assertThatThrownBy(() -> HarnessTasks.load(group, folder, null)).hasMessageContaining("only a mean");
    }

    @Test
    void solvedQuestionsAreThoseThatAreAskedForUnlessTheFileSaysNone() throws IOException {
        Path rows = Files.createDirectories(folder.resolve("rows"));
        String row = "{\"q\": \"%s?\", \"c\": [\"x\", \"y\"], \"a\": 1}\n";
        Files.writeString(rows.resolve("test.jsonl"), row.formatted("asked"));
        Files.writeString(rows.resolve("train.jsonl"), row.formatted("one") + row.formatted("two"));
        HarnessTasks.Given given =
                new HarnessTasks.Given(rows, null, new TaskOptions(Prompting.PLAIN, OptionalInt.of(2)));
        Path file = Files.writeString(folder.resolve("task.yaml"), TASK + "training_split: train\n");
        TaskSet task = HarnessTasks.load(file, given, folder).get(0);
        assertThat(task.samples().get(0).prompt()).contains("one? y\n\n", "two? y\n\n");
        assertThat(task.rules().listing().shots()).isEqualTo(2);
        Files.writeString(file, TASK + "training_split: train\nnum_fewshot: 0\n");
        TaskSet none = HarnessTasks.load(file, given, folder).get(0);
        assertThat(none.samples().get(0).prompt()).isEqualTo("asked?");
        assertThat(none.notes()).singleElement().asString().contains("stays so");
    }

    @Test
    void aSplitOfTheHubIsThatOfTheTask() {
        HarnessConfig.Source source = new HarnessConfig.Source("hf://owner/name", "conf", Map.of("revision", "v1"));
        assertThat(HarnessRows.reference(source, "dev")).hasToString("hf://owner/name@v1/conf/dev");
    }
}
