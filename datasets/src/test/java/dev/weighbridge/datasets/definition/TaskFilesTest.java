package dev.weighbridge.datasets.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.Prompting;
import dev.weighbridge.datasets.TaskOptions;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What task files make of rows, and what they refuse. */
class TaskFilesTest {
    private static final String FIVE_LINES = """
            task: capitals
            data: rows.jsonl
            prompt: "The capital of {{country}} is"
            target: "{{capital}}"
            score: exact-match
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void rows() throws IOException {
        write("rows.jsonl", """
                {"country":"France","capital":"Paris","region":"Europe"}
                {"country":"Japan","capital":"Tokyo","region":"Asia"}
                {"country":"Peru","capital":"Lima","region":"America"}
                """);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private TaskSet load(String text) throws IOException {
        write("task.yaml", text);
        return TaskFiles.load("task.yaml", folder);
    }

    @Test
    void fiveLinesMakeATask() throws IOException {
        TaskSet task = load(FIVE_LINES);
        assertThat(task.id()).isEqualTo("capitals");
        assertThat(task.rules().asking())
                .isEqualTo(new TaskSet.Asking(TaskSet.Output.GENERATE, 256, List.of(), 0, 1, " "));
        assertThat(task.samples()).hasSize(3);
        TaskSet.Sample second = task.samples().get(1);
        assertThat(second.id()).isEqualTo("capitals-2");
        assertThat(second.prompt()).isEqualTo("The capital of Japan is");
        assertThat(second.targets()).containsExactly("Tokyo");
        assertThat(second.row()).containsEntry("region", "Asia");
        assertThat(task.broken()).isEmpty();
    }

    @Test
    void everythingThatMattersChangesTheHash() throws IOException {
        String before = load(FIVE_LINES).rules().sha256();
        assertThat(load(FIVE_LINES).rules().sha256()).isEqualTo(before);
        assertThat(load(FIVE_LINES.replace("is\"", "was\"")).rules().sha256()).isNotEqualTo(before);
        write("rows.jsonl", "{\"country\":\"Peru\",\"capital\":\"Lima\"}\n");
        assertThat(load(FIVE_LINES).rules().sha256()).isNotEqualTo(before);
    }

    @Test
    void choicesComeFromTheFileOrFromTheRow() throws IOException {
        write(
                "rows.csv",
                "question,a,b,right\nSky?,blue,red,0\nGrass?,blue,green,green\nSun?,black,white,7\nSnow?,x,y,z\n");
        TaskSet task = load("""
                task: colours
                data: rows.csv
                prompt: "{{question}}"
                choices: ["{{a}}", "{{b}}"]
                target: "{{right}}"
                score: choice
                """);
        assertThat(task.rules().asking().output()).isEqualTo(TaskSet.Output.MULTIPLE_CHOICE);
        assertThat(task.samples())
                .extracting(TaskSet.Sample::targets)
                .containsExactly(List.of("blue"), List.of("green"));
        assertThat(task.broken())
                .containsExactly(
                        "row 3 of rows.csv names choice 7 as its answer; there are 0 to 1",
                        "row 4 of rows.csv names 'z' as its answer, which is none of its choices [x, y]");
    }

    @Test
    void aRowThatLacksAColumnCostsItselfOnly() throws IOException {
        write("rows.jsonl", "{\"country\":\"Peru\"}\nnonsense\n{\"country\":\"Chad\",\"capital\":\"N'Djamena\"}\n");
        TaskSet task = load(FIVE_LINES);
        assertThat(task.samples()).extracting(TaskSet.Sample::id).containsExactly("capitals-3");
        assertThat(task.broken().get(0))
                .contains("row 1 of rows.jsonl", "there is no 'capital'", "[country, file_name]");
        assertThat(task.broken().get(1)).contains("row 2 of rows.jsonl", "is no JSON object");
    }

    @Test
    void solvedQuestionsStandBeforeAndAreNeverOnesThatAreAsked() throws IOException {
        write(
                "shots.jsonl",
                "{\"country\":\"Kenya\",\"capital\":\"Nairobi\"}\n{\"country\":\"Cuba\",\"capital\":\"Havana\"}\n");
        String shots = FIVE_LINES + "description: \"Capitals.\\n\\n\"\nfew-shot: {data: shots.jsonl, count: 2}\n";
        assertThat(load(shots).samples().get(0).prompt())
                .isEqualTo("Capitals.\n\nThe capital of Kenya is Nairobi\n\nThe capital of Cuba is Havana\n\n"
                        + "The capital of France is");
        assertThatThrownBy(() -> load(shots.replace("shots.jsonl", "rows.jsonl")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("the file of the questions themselves");
        write(
                "shots.jsonl",
                "{\"country\":\"Japan\",\"capital\":\"Tokyo\"}\n{\"country\":\"Cuba\",\"capital\":\"Havana\"}\n");
        assertThatThrownBy(() -> load(shots))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 2 of")
                .hasMessageContaining("the model would be shown the answer");
        assertThatThrownBy(() -> load(shots.replace("count: 2", "count: 3")))
                .hasMessageContaining("has 2 rows; 3 solved questions");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "scor: f1 | Did you mean 'score'?",
                "filter: {a: 1} | 'filter' must be a name, or a name with its options",
                "output: writing | generate, multiple-choice, likelihood or rolling",
                "repeats: 3 | as all answers are the same",
                "max-tokens: 0 | a whole number from 1",
                "choices: [a, b] | none of its choices [a, b]",
                "few-shot: {count: 2} | few-shot has no 'data'",
                "sha256: abc | has the SHA-256",
                "prompt: '{{ country' | is no template",
                "task: a/b | letters, digits",
            })
    void whatIsWrongIsNamed(String line, String message) throws IOException {
        String key = line.substring(0, line.indexOf(':'));
        String without = FIVE_LINES.replaceAll("(?m)^" + key + ":.*\n", "");
        assertThatThrownBy(() -> load(without + line + "\n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }

    @Test
    void namesThatAreNoTasksAreExplained() {
        assertThatThrownBy(() -> TaskFiles.load("nothing", folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("task 'nothing' does not exist", "gsm8k");
        assertThatThrownBy(() -> TaskFiles.load("none.yaml", folder)).hasMessageContaining("none.yaml does not exist");
        assertThatThrownBy(() -> TaskFiles.load("gsm8k@none.jsonl", folder)).hasMessageContaining("data file");
        assertThat(TaskFiles.load("demo-sorting", folder)).isEqualTo(TaskSets.load("demo-sorting"));
    }

    @Test
    void aDataSetOfTheHubCanBeGivenWithATaskFileThatSaysItsSplits() throws IOException {
        write("theirs.yaml", "task: t\ndataset_path: some/set\ntest_split: test\ndoc_to_text: q\n");
        write("own.yaml", FIVE_LINES);
        assertThat(TaskFiles.problem("theirs.yaml@hf://owner/name@main/conf", folder))
                .isEmpty();
        assertThat(TaskFiles.problem("theirs.yaml@hf://owner/name/conf/dev", folder))
                .get()
                .asString()
                .contains("names the split 'dev'");
        assertThat(TaskFiles.problem("own.yaml@hf://owner/name", folder))
                .get()
                .asString()
                .contains("names its rows itself");
        assertThatThrownBy(() -> TaskFiles.problem("theirs.yaml@hf://owner", folder))
                .hasMessageContaining("no reference to a data set");
    }

    @Test
    void anotherNumberOfSolvedQuestionsCanBeAskedFor() throws IOException {
        write("capitals.jsonl", "{\"country\": \"France\", \"capital\": \"Paris\"}\n");
        write(
                "dev.jsonl",
                "{\"country\": \"Chile\", \"capital\": \"Santiago\"}\n{\"country\": \"Fiji\", \"capital\": \"Suva\"}\n");
        write("task.yaml", FIVE_LINES + "few-shot: {data: dev.jsonl, count: 1}\n");
        assertThat(prompt(TaskOptions.NONE)).contains("Santiago").doesNotContain("Suva");
        assertThat(prompt(shots(2))).contains("Santiago", "Suva");
        assertThat(prompt(shots(0))).doesNotContain("Santiago");
        assertThat(TaskFiles.loadAll("task.yaml", folder, shots(2))
                        .get(0)
                        .rules()
                        .listing()
                        .shots())
                .isEqualTo(2);
        assertThatThrownBy(() -> TaskFiles.loadAll("demo-sorting", folder, shots(1)))
                .hasMessageContaining("nowhere to take 1 solved questions from");
        assertThat(TaskFiles.loadAll("demo-sorting", folder, shots(0))).hasSize(1);
    }

    private String prompt(TaskOptions shots) {
        return TaskFiles.loadAll("task.yaml", folder, shots)
                .get(0)
                .samples()
                .get(0)
                .prompt();
    }

    @Test
    void aFormatWithOtherFieldsIsATaskOfItsOwn() throws IOException {
        write("mine.jsonl", "{\"question\":\"1+1\",\"answer\":\"easy\\n#### 2,000\"}\n");
        TaskSet task = load("base: gsm8k\ntask: sums\ndata: mine.jsonl\nmax-tokens: 9\n");
        assertThat(task.id()).isEqualTo("sums");
        assertThat(task.samples().get(0).targets()).containsExactly("2000");
        assertThat(task.rules().asking().maxTokens()).isEqualTo(9);
    }

    /** Rows in each published shape, made up here. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "arc | a.jsonl | {\"id\":\"q1\",\"question\":{\"stem\":\"Why?\",\"choices\":[{\"text\":\"x\",\"label\":\"A\"},"
                        + "{\"text\":\"y\",\"label\":\"B\"}]},\"answerKey\":\"B\"} | Question: Why?\\nAnswer: | y",
                "bbh | a.json | {\"canary\":\"c\",\"examples\":[{\"input\":\"not True is\",\"target\":\"False\"}]}"
                        + " | Q: not True is\\nA: | False",
                "truthfulqa-mc1 | a.json | [{\"question\":\"Why?\",\"mc1_targets\":{\"no\":0,\"yes\":1}}] | Q: Why?\\nA: | yes",
                "squad | a.json | {\"data\":[{\"title\":\"T\",\"paragraphs\":[{\"context\":\"C\",\"qas\":[{\"id\":\"i\",\"question\":\"Q\","
                        + "\"answers\":[{\"text\":\"one\"},{\"text\":\"two\"}]}]}]}]}"
                        + " | Title: T\\n\\nBackground: C\\n\\nQuestion: Q\\n\\nAnswer: | one;two",
                "hellaswag | a.jsonl | {\"ind\":1,\"activity_label\":\"Run\",\"ctx_a\":\"He [x] goes.\",\"ctx_b\":\"the dog\","
                        + "\"endings\":[\"a\",\"b\"],\"label\":1,\"source_id\":\"s\"} | Run: He goes. The dog | b",
                "winogrande | a.jsonl | {\"qID\":\"w\",\"sentence\":\"Ann met Bo and _ smiled.\",\"option1\":\"Ann\","
                        + "\"option2\":\"Bo\",\"answer\":\"2\"} | Ann met Bo and | Bo smiled.",
                "mbpp | a.jsonl | {\"task_id\":2,\"text\":\"Add.\",\"code\":\"\",\"test_list\":[\"assert f(1)\",\"assert f(2)\"]} |"
                        + " You are an expert Python programmer, and here is your task: Add. Your code should pass these"
                        + " tests:\\n\\nassert f(1)\\nassert f(2)\\n[BEGIN]\\n | ",
                "cnn-dailymail | a.jsonl | {\"id\":\"c\",\"article\":\"A\",\"highlights\":\"H\"}"
                        + " | Article: A\\n\\nSummary in three sentences: | H",
                "mt-bench | a.jsonl | {\"question_id\":81,\"category\":\"writing\",\"turns\":[\"T1\",\"T2\"]} | T1 | ",
                "ifeval | a.jsonl | {\"key\":1,\"prompt\":\"P\",\"instruction_id_list\":[],\"kwargs\":[]} | P | ",
                "humaneval | a.jsonl | {\"task_id\":\"HumanEval/0\",\"prompt\":\"def f():\",\"entry_point\":\"f\"} | def f(): | ",
                "mmlu | a.csv | \"Say \"\"x\"\"\",1,2,3,4,C | Say \"x\"\\nA. 1\\nB. 2\\nC. 3\\nD. 4\\nAnswer: | C",
            })
    void publishedShapesAreRead(String format, String file, String text, String prompt, String targets)
            throws IOException {
        write(file, text + "\n");
        TaskSet task = TaskFiles.load(format + "@" + file, folder);
        assertThat(task.broken()).isEmpty();
        assertThat(task.samples()).hasSize(1);
        assertThat(task.samples().get(0).prompt()).isEqualTo(prompt.replace("\\n", "\n"));
        assertThat(String.join(";", task.samples().get(0).targets())).isEqualTo(targets == null ? "" : targets);
    }

    @Test
    void plainTextIsCutIntoPages() throws IOException {
        write("wiki.txt", "\n = First = \n\n one \n\n = = Part = = \n\n two \n\n = Second = \n\n three \n");
        TaskSet task = TaskFiles.load("wikitext@wiki.txt", folder);
        assertThat(task.samples()).hasSize(2);
        assertThat(task.samples().get(0).targets().get(0))
                .contains("one", "= = Part = =", "two")
                .doesNotContain("three");
    }

    @ParameterizedTest
    @CsvSource({
        "gsm8k, gsm8k/test.jsonl, 1319",
        "humaneval, humaneval/HumanEval.jsonl.gz, 164",
        "ifeval, ifeval/input_data.jsonl, 541",
        "mmlu, mmlu_original_layout/test/astronomy_test.csv, 152",
        "bbh, bbh/bbh/boolean_expressions.json, 250",
        "mt-bench, mt_bench/mt_bench__question.jsonl, 80",
    })
    void publishedDataIsReadToTheLastRow(String format, String file, int rows) {
        Path data = Path.of("..", "..", "shared", "data").toAbsolutePath().normalize();
        assumeTrue(Files.isDirectory(data), "the folder of public data sets, " + data + ", is absent");
        TaskSet task = TaskFiles.load(format + "@" + file, data);
        assertThat(task.broken()).isEmpty();
        assertThat(task.samples()).hasSize(rows);
    }

    @Test
    void instructionsThatDifferAtTheirEndsAreTwoTasks() throws IOException {
        write("capitals.jsonl", "{\"country\": \"France\", \"capital\": \"Paris\"}\n");
        write("task.yaml", FIVE_LINES);
        assertThat(hash("task.yaml", "one")).isNotEqualTo(hash("task.yaml", "two"));
        assertThat(hash("demo-sorting", "one")).isNotEqualTo(hash("demo-sorting", "two"));
    }

    private String hash(String task, String end) {
        Prompting prompting = new Prompting(false, false, "Answer. ".repeat(20) + end);
        return TaskFiles.loadAll(task, folder, TaskOptions.of(prompting))
                .get(0)
                .rules()
                .sha256();
    }

    private static TaskOptions shots(int count) {
        return new TaskOptions(Prompting.PLAIN, OptionalInt.of(count));
    }
}
