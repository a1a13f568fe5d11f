package dev.weighbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheTrialCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private int run(String... arguments) {
        Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), false, 150);
        return Weighbridge.commandLine(terminal).execute(arguments);
    }

    @Test
    void theQuestionsOfTheStudyAreThoseThatTheCommandWrites() throws IOException {
        for (List<String> made : List.of(
                List.of("repetitive", "--questions", "2000"), List.of("unique", "--questions", "1500", "--unique"))) {
            Path written = folder.resolve(made.get(0));
            String[] arguments = new String[made.size() + 2];
            arguments[0] = "cache-trial";
            for (int i = 1; i < made.size(); i++) {
                arguments[i] = made.get(i);
            }
            arguments[made.size()] = "--write";
            arguments[made.size() + 1] = written.toString();
            assertThat(run(arguments)).isEqualTo(ExitCode.GOOD);
            assertThat(written).hasSameTextualContentAs(Path.of("../studies/prompts", made.get(0) + ".jsonl"));
        }
    }

    @Test
    void aFileOfOnesOwnIsTriedByThreshold() throws IOException {
        Path file = Files.writeString(folder.resolve("q.jsonl"), """
                {"q": "What is the capital of France?", "a": "Paris"}
                {"q": "What is the capital of France?", "a": "Paris"}
                {"q": "What is the capital of France?", "a": "Lyon"}
                """);
        assertThat(run("cache-trial", file.toString(), "--prompt", "q", "--answer", "a"))
                .isEqualTo(ExitCode.GOOD);
        assertThat(out.toString().lines().skip(2).findFirst().orElse(""))
                .containsPattern("0\\.80 +3 +2 +66\\.7 % +1 +50\\.0 %");
        assertThat(run("cache-trial", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("has no text 'prompt'");
    }

    @Test
    void aModelOfSentencesTakesThePlaceOfNgrams() {
        String models = "../../engines/onnxruntime/src/test/resources/encoders/";
        assertThat(run("cache-trial", "--questions", "40", "--embedding", models + "sentences"))
                .isEqualTo(ExitCode.GOOD);
        assertThat(out.toString()).startsWith("embedding sentences (sha256 ").containsPattern("\n +1\\.00 +40 ");
        assertThat(run("cache-trial", "--embedding", models + "toxicity")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--embedding: ").contains("It is no model of sentences");
    }
}
