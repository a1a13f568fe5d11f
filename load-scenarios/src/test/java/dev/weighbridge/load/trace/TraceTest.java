package dev.weighbridge.load.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weighbridge.api.load.Arrivals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceTest {
    private static final Path DATA = Path.of("..", "..", "shared", "data");
    private static final String AZURE = """
            TIMESTAMP,ContextTokens,GeneratedTokens
            2023-11-16 18:15:46.6805900,374,44
            2023-11-16 18:15:50.9951690,396,109
            2023-11-16 18:15:51.2224670,879,55
            """;

    @TempDir
    private Path folder;

    private Trace trace(String text) throws IOException {
        Path file = folder.resolve("trace");
        Files.writeString(file, text);
        return new Trace(file, Duration.ZERO, 1, 1, 1_000, 100);
    }

    @Test
    void anAzureTraceIsReplayedInItsOwnTimeAndLengthsUpToTheHorizon() throws IOException {
        Arrivals arrivals = trace(AZURE).arrivals(Duration.ofMillis(4_400), 1);

        assertThat(arrivals.startNanos()).containsExactly(0, 4_314_579_000L);
        assertThat(arrivals.lengths().orElseThrow().promptTokens()).containsExactly(374, 396);
        assertThat(arrivals.lengths().orElseThrow().outputTokens()).containsExactly(44, 100);
    }

    @Test
    void aLaterStartAndAnotherSpeedMoveEveryArrival() throws IOException {
        Trace plain = trace(AZURE);
        Trace moved = new Trace(plain.file(), Duration.ofSeconds(4), 2, 0.001, 1_000, 100);

        Arrivals arrivals = moved.arrivals(Duration.ofSeconds(60), 1);

        assertThat(arrivals.startNanos()).containsExactly(157_289_500L, 270_938_500L);
        assertThat(arrivals.lengths().orElseThrow().outputTokens()).containsOnly(1);
    }

    @Test
    void burstGptAndMooncakeAreKnownByTheirFirstLine() throws IOException {
        Arrivals burst = trace("""
                        Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
                        5,ChatGPT,472,18,490,Conversation log
                        45.5,ChatGPT,1087,230,1317,Conversation log
                        """).arrivals(Duration.ofMinutes(1), 1);
        Arrivals mooncake = trace("""
                        {"timestamp": 27, "input_length": 6758, "output_length": 50, "hash_ids": [0]}
                        {"timestamp": 3027, "input_length": 7, "output_length": 5, "hash_ids": []}
                        """).arrivals(Duration.ofMinutes(1), 1);

        assertThat(burst.startNanos()).containsExactly(0, 40_500_000_000L);
        assertThat(burst.lengths().orElseThrow().promptTokens()).containsExactly(472, 1_000);
        assertThat(mooncake.startNanos()).containsExactly(0, 3_000_000_000L);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2023-11-16 18:15:52,1      | trace:5: has 2 columns, the header 3
            yesterday,1,1              | trace:5: has no time in 'TIMESTAMP', got: yesterday
            2023-11-16 18:15:52,-1,1   | trace:5: must have 0 to 100000000 tokens in 'ContextTokens', got: -1
            2023-11-16 18:15:52,1,many | trace:5: has no whole number in 'GeneratedTokens', got: many
            2023-11-16 18:15:40,1,1    | trace:5: is earlier than the line before it
            2023-11-16 18:15:52,1,1e99 | trace:5: has no whole number in 'GeneratedTokens', got: 1e99
            """)
    void aLineThatIsWrongIsNamed(String line, String problem) throws IOException {
        Trace hostile = trace(AZURE + line + "\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> hostile.arrivals(Duration.ofHours(1), 1))
                .withMessageContaining(problem);
    }

    @Test
    void aFileOfAnotherFormIsTold() throws IOException {
        Trace other = trace("a,b\n1,2\n");
        Trace binary = trace("x");
        Files.write(binary.file(), new byte[] {(byte) 0xff, (byte) 0xfe, 1});

        assertThatIllegalArgumentException()
                .isThrownBy(() -> other.arrivals(Duration.ofHours(1), 1))
                .withMessageContaining("trace:1: is no UTF-8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trace("a,b\n1,2\n").arrivals(Duration.ofHours(1), 1))
                .withMessageContaining("trace:1: is of no form that is known");
    }

    @Test
    void thePublishedTracesAreReadWhole() {
        assumeTrue(Files.isDirectory(DATA), "the public traces are not beside this checkout: " + DATA.toAbsolutePath());
        Duration day = Duration.ofDays(1);
        Path azure = DATA.resolve("azure_llm_traces").resolve("AzureLLMInferenceTrace_conv.csv");
        Path mooncake = DATA.resolve("mooncake_traces").resolve("conversation_trace.jsonl");

        assertThat(new Trace(azure, Duration.ZERO, 1, 1, 100_000, 100_000)
                        .arrivals(day, 1)
                        .count())
                .isEqualTo(19_366);
        assertThat(new Trace(mooncake, Duration.ZERO, 1, 1, 100_000, 100_000)
                        .arrivals(day, 1)
                        .count())
                .isEqualTo(12_031);
    }
}
