package dev.weighbridge.scoring.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CodeTaskTest {
    private static final String PROMPT = """
            from typing import List


            def running_total(numbers: List[int]) -> List[int]:
                ""\" Sums of the numbers up to each.
                >>> running_total([1, 2, 3])
                [1, 3, 6]
                ""\"
            """;
    private static final String TEST = """


            def check(candidate):
                assert candidate([]) == []
                assert candidate([1, 2, 3]) == [1, 3, 6]
                assert candidate([5, -5, 5]) == [5, 0, 5]
            """;

    private static Sandbox sandbox;

    @BeforeAll
    static void open() {
        try {
            sandbox = Sandbox.open(SandboxLimits.defaults(), Language.PYTHON);
        } catch (SandboxUnavailableException e) {
            Assumptions.abort("Code tasks are not tested here: " + e.getMessage());
        }
    }

    @Test
    void aRightCompletionOfAHumanEvalProblemPasses() {
        String completion = """
                    total, totals = 0, []
                    for number in numbers:
                        total += number
                        totals.append(total)
                    return totals
                """;

        assertThat(outcome(CodeTask.humanEval(PROMPT, completion, TEST, "running_total")))
                .isEqualTo(Outcome.PASSED);
    }

    @Test
    void aWrongCompletionOfAHumanEvalProblemFails() {
        assertThat(outcome(CodeTask.humanEval(PROMPT, "    return numbers\n", TEST, "running_total")))
                .isEqualTo(Outcome.FAILED);
        assertThat(outcome(CodeTask.humanEval(PROMPT, "    return None\n", TEST, "running_total")))
                .isEqualTo(Outcome.FAILED);
        assertThat(outcome(CodeTask.humanEval(PROMPT, "Sure! Here it is:\n", TEST, "running_total")))
                .isEqualTo(Outcome.FAILED);
        assertThat(outcome(CodeTask.humanEval(PROMPT, "", TEST, "running_total")))
                .isEqualTo(Outcome.FAILED);
    }

    @Test
    void aCompletionMayRedefineTheFunctionAndBringItsOwnDemonstration() {
        String completion = """
                    pass

                import itertools

                def running_total(numbers):
                    return list(itertools.accumulate(numbers))

                if __name__ == '__main__':
                    print(running_total(input()))
                """;

        assertThat(outcome(CodeTask.humanEval(PROMPT, completion, TEST, "running_total")))
                .isEqualTo(Outcome.PASSED);
    }

    @Test
    void anMbppProblemIsJudgedByItsAssertions() {
        String right = """
                import dataclasses

                @dataclasses.dataclass
                class Box:
                    width: int
                    height: int

                def area(box):
                    return box.width * box.height
                """;
        List<String> imports = List.of("import math", "box = Box(2, 3)");
        List<String> assertions = List.of("assert area(box) == 6", "assert math.isclose(area(Box(1, 1)), 1.0)");

        assertThat(outcome(CodeTask.mbpp(right, imports, assertions))).isEqualTo(Outcome.PASSED);
        assertThat(outcome(CodeTask.mbpp(right.replace(" * ", " + "), imports, assertions)))
                .isEqualTo(Outcome.FAILED);
    }

    @Test
    void whatCannotJudgeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CodeTask.humanEval(PROMPT, "", TEST, "f); import os; (f"))
                .withMessageContaining("name of a function");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CodeTask.mbpp("x = 1", List.of(), List.of()))
                .withMessageContaining("assertions");
    }

    @Test
    void everyReferenceSolutionOfHumanEvalPassesAndNoEmptyOneDoes() throws IOException {
        Path file = sharedData("humaneval/HumanEval.jsonl.gz");
        List<Program> solved = new ArrayList<>();
        List<Program> empty = new ArrayList<>();
        List<String> names = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            ObjectMapper mapper = new ObjectMapper();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode problem = mapper.readTree(line);
                names.add(problem.get("task_id").asText());
                solved.add(humanEval(problem, problem.get("canonical_solution").asText()));
                empty.add(humanEval(problem, "    pass\n"));
            }
        }

        List<CodeRun> right = sandbox.runAll(solved, 2);
        List<CodeRun> wrong = sandbox.runAll(empty, 2);

        assertThat(right).hasSize(164);
        for (int i = 0; i < right.size(); i++) {
            assertThat(right.get(i).outcome())
                    .as(names.get(i) + " " + right.get(i))
                    .isEqualTo(Outcome.PASSED);
            assertThat(wrong.get(i).outcome())
                    .as(names.get(i) + " " + wrong.get(i))
                    .isEqualTo(Outcome.FAILED);
        }
    }

    private static Program humanEval(JsonNode problem, String completion) {
        return CodeTask.humanEval(
                problem.get("prompt").asText(),
                completion,
                problem.get("test").asText(),
                problem.get("entry_point").asText());
    }

    private static Outcome outcome(Program program) {
        return sandbox.run(program).outcome();
    }

    private static Path sharedData(String name) {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path file = folder.resolve("shared/data").resolve(name);
            if (Files.exists(file)) {
                return file;
            }
        }
        return Assumptions.abort("Not tested here: there is no shared/data/" + name);
    }
}
