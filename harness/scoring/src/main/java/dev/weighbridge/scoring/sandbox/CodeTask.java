package dev.weighbridge.scoring.sandbox;

import java.util.List;
import java.util.regex.Pattern;

/** Puts together the programs that judge answers to code tasks, in the forms their data sets give. */
public final class CodeTask {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,199}");

    private CodeTask() {}

    /**
     * The program of a HumanEval problem: prompt and completion, then the problem's test, then
     * {@code check(entry point)}, as in the data set's own harness (openai/human-eval, execution.py).
     *
     * @param prompt the problem's {@code prompt}: imports, and the head of the function
     * @param completion what the model put after it
     * @param test the problem's {@code test}, which defines {@code check}
     * @param entryPoint the problem's {@code entry_point}, a Python identifier
     */
    public static Program humanEval(String prompt, String completion, String test, String entryPoint) {
        if (!IDENTIFIER.matcher(entryPoint).matches()) {
            throw new IllegalArgumentException(
                    "The entry point of a HumanEval problem must be the name of a function, not '" + entryPoint + "'");
        }
        return new Program(Language.PYTHON, prompt + completion, test + "\ncheck(" + entryPoint + ")\n");
    }

    /**
     * The program of an MBPP problem: the model's code, then what the tests import or set up, then the
     * assertions of {@code test_list} (google-research/mbpp).
     *
     * @param code the model's code
     * @param imports the problem's {@code test_imports} or {@code test_setup_code}, which may use the code
     * @param assertions the problem's {@code test_list}, at least one
     */
    public static Program mbpp(String code, List<String> imports, List<String> assertions) {
        if (assertions.isEmpty()) {
            throw new IllegalArgumentException(
                    "An MBPP problem without assertions judges nothing; give at least one from its test_list");
        }
        String tests = String.join("\n", imports) + "\n" + String.join("\n", assertions) + "\n";
        return new Program(Language.PYTHON, code, tests);
    }
}
