package dev.weighbridge.load.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weighbridge.api.load.Arrivals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
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
        return new Trace(file, Duration.ZERO, 1, 1, 1_000, 100, true);
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
        Trace moved = new Trace(plain.file(), Duration.ofSeconds(4), 2, 0.001, 1_000, 100, true);

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
                        {"timestamp": 27, "input_length": 6758, "output_length": 50}
                        {"timestamp": 3027, "input_length": 7, "output_length": 5}
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

        assertThat(new Trace(azure, Duration.ZERO, 1, 1, 100_000, 100_000, true)
                        .arrivals(day, 1)
                        .count())
                .isEqualTo(19_366);
        assertThat(new Trace(mooncake, Duration.ZERO, 1, 1, 100_000, 100_000, true)
                        .arrivals(day, 1)
                        .count())
                .isEqualTo(12_031);
    }

    private static final String MOONCAKE = """
            {"timestamp": 0, "input_length": 1025, "output_length": 5, "hash_ids": [7, 8, 9]}
            {"timestamp": 1, "input_length": 1100, "output_length": 5, "hash_ids": [7, 8, 10]}
            {"timestamp": 2, "input_length": 600, "output_length": 5, "hash_ids": [11, 8]}
            """;

    @Test
    void hashIdsBecomeTheBlocksOfPromptsScaledAsTheirLengthsAre() throws IOException {
        Trace whole = trace(MOONCAKE);
        Arrivals.Blocks blocks = whole.arrivals(Duration.ofSeconds(1), 1)
                .lengths()
                .orElseThrow()
                .blocks()
                .orElseThrow();
        assertThat(blocks.ids()).isDeepEqualTo(new int[][] {{7, 8, 9}, {7, 8, 10}, {11, 8}});
        assertThat(blocks.tokens()).isEqualTo(512);

        Trace half = new Trace(whole.file(), Duration.ZERO, 1, 0.5, 1_000, 100, true);
        Arrivals.Lengths lengths =
                half.arrivals(Duration.ofSeconds(1), 1).lengths().orElseThrow();
        assertThat(lengths.blocks().orElseThrow().tokens()).isEqualTo(256);
        assertThat(lengths.promptTokens()).containsExactly(513, 550, 300);

        Trace without = new Trace(whole.file(), Duration.ZERO, 1, 1, 1_000, 100, false);
        assertThat(without.arrivals(Duration.ofSeconds(1), 1)
                        .lengths()
                        .orElseThrow()
                        .blocks())
                .isEmpty();
        assertThat(without.description()).endsWith(", without its prefixes");
        assertThat(trace(AZURE)
                        .arrivals(Duration.ofSeconds(60), 1)
                        .lengths()
                        .orElseThrow()
                        .blocks())
                .as("a trace that says nothing of prefixes")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "hash_ids": 5          | trace:4: has no list in field 'hash_ids'
            "hash_ids": [1, "2"]   | trace:4: has no hash id of 0 to 2147483647 in 'hash_ids', got: "2"
            "hash_ids": [1, -1]    | trace:4: has no hash id of 0 to 2147483647 in 'hash_ids', got: -1
            "hash_ids": [1, 2, 3]  | trace:4: has 3 entries in 'hash_ids' for 600 tokens, which are 2 blocks of 512
            """)
    void hashIdsThatFitNoPromptAreNamed(String hashes, String problem) throws IOException {
        Trace hostile =
                trace(MOONCAKE + "{\"timestamp\": 3, \"input_length\": 600, \"output_length\": 5, " + hashes + "}\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> hostile.arrivals(Duration.ofHours(1), 1))
                .withMessageContaining(problem);
    }

    @Test
    void thePublishedTraceKeepsItsPrefixes() {
        Path mooncake = DATA.resolve("mooncake_traces").resolve("conversation_trace.jsonl");
        assumeTrue(Files.isRegularFile(mooncake), "the public trace is not beside this checkout: " + mooncake);
        Arrivals.Lengths lengths = new Trace(mooncake, Duration.ZERO, 1, 1, 1_000_000, 100_000, true)
                .arrivals(Duration.ofDays(1), 1)
                .lengths()
                .orElseThrow();
        Set<Integer> seen = new HashSet<>();
        long blocks = 0;
        long known = 0;
        for (int[] prompt : lengths.blocks().orElseThrow().ids()) {
            for (int block : prompt) {
                blocks++;
                known += seen.add(block) ? 0 : 1;
            }
        }
        assertThat(blocks).isEqualTo(288_500);
        assertThat(known).as("what an endless cache of blocks would answer").isEqualTo(288_500 - 182_790);
    }
}
