package dev.weighbridge.core.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weighbridge.api.load.PlannedRequest;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.core.study.ScenarioFile;
import dev.weighbridge.core.study.Study;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LengthFileTest {
    private static final String CSV =
            "time,\"said, by\",ContextTokens,GeneratedTokens\n1,\"a, b\",9,4\n\n2,c,0,700\n3,d,5,6\n";

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("seen"), text);
    }

    @Test
    void lengthsAreAColumnAKeyOrNumbers() throws IOException {
        assertThat(LengthFile.read(file(CSV), "GeneratedTokens", 100).tokens()).containsExactly(4, 100, 6);
        assertThat(LengthFile.read(file(CSV), "ContextTokens", 100).tokens())
                .as("no request has no tokens")
                .containsExactly(9, 1, 5);
        assertThat(LengthFile.read(file("{\"a\": 3, \"b\": [1]}\n{\"a\": 8}\n"), "a", 100)
                        .tokens())
                .containsExactly(3, 8);
        assertThat(LengthFile.read(file("7\n12\n"), "", 100).tokens()).containsExactly(7, 12);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            4,e,1          | seen:6: has 3 columns, the header 4
            4,e,1,many     | seen:6: has no number in 'GeneratedTokens', got: many
            4,e,1,1.5      | seen:6: has no whole number in 'GeneratedTokens', got: 1.5
            4,e,1,-1       | seen:6: must have 0 to 2147483647 tokens in 'GeneratedTokens', got: -1
            4,e,1,1e999999 | seen:6: must have 0 to 2147483647 tokens in 'GeneratedTokens', got: 1e999999
            """)
    void aLineThatIsWrongIsNamed(String line, String problem) throws IOException {
        Path hostile = file(CSV + line + "\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LengthFile.read(hostile, "GeneratedTokens", 100))
                .withMessageEndingWith(problem);
    }

    @Test
    void aFileOfAnotherFormIsTold() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LengthFile.read(file(CSV), "Tokens", 100))
                .withMessageContaining("seen:1: has no column 'Tokens', but: time, said, by, ContextTokens");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LengthFile.read(file("{\"a\": 1}\n{\"a\": \"1\"}\n"), "a", 100))
                .withMessageEndingWith("seen:2: has no number in field 'a'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LengthFile.read(file("\n"), "", 100))
                .withMessageEndingWith("seen has no lengths");
        Files.write(folder.resolve("seen"), new byte[] {'1', '\n', (byte) 0xff});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LengthFile.read(folder.resolve("seen"), "", 100))
                .withMessageContaining("is no UTF-8");
    }

    @Test
    void aScenarioDrawsPromptAndAnswerOfTheSameSeenRequest() throws IOException {
        file("in,out\n10,1\n20,2\n40,4\n");
        Path scenario = Files.writeString(folder.resolve("scenario.yaml"), """
                name: seen
                closed: {users: 1}
                prompts: {synthetic: {tokens: {empirical: {file: seen, field: in}}}}
                output-tokens: {empirical: {file: seen, field: out}}
                """);
        Study.Scenario read = ScenarioFile.read(scenario);
        var workload = read.workload().open(new PromptPlan.Draw(7, 0));
        int[] seen = new int[5];
        for (int session = 0; session < 300; session++) {
            PlannedRequest request = workload.session(session, Optional.empty()).next(null);
            assertThat(request.text().split(" ", -1)).hasSize(10 * request.tokens());
            assertThat(request.exactly()).isTrue();
            seen[request.tokens()]++;
        }
        assertThat(IntStream.of(seen[1], seen[2], seen[4]))
                .as("each about a third")
                .allMatch(n -> n > 70);
        assertThat(seen[3]).isZero();
        assertThat(read.workload().sessions().get(0).outputLength().tokensOf(5, 7))
                .as("the same again")
                .isEqualTo(ScenarioFile.read(scenario)
                        .workload()
                        .sessions()
                        .get(0)
                        .outputLength()
                        .tokensOf(5, 7));
        assertThat(read.workload().sessions().get(0).outputLength())
                .isEqualTo(new TokenLength.Empirical(
                        folder.toAbsolutePath().normalize().resolve("seen"), new int[] {1, 2, 4}));
    }
}
