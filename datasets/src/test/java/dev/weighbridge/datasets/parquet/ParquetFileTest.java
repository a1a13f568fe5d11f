package dev.weighbridge.datasets.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.datasets.DataException;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that pyarrow wrote, with the rows that it reads from them; {@code scripts/reference/make-parquet-fixtures}. */
class ParquetFileTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<LinkedHashMap<String, @Nullable Object>> ROW = new TypeReference<>() {};

    @TempDir
    private Path folder;

    private static Path fixture(String name) {
        try {
            return Path.of(ParquetFileTest.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Map<String, @Nullable Object>> rows(Path file) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        ParquetFile.read(file, (number, row) -> {
            assertThat(number).isEqualTo(rows.size() + 1);
            rows.add(row);
        });
        return rows;
    }

    private static List<Map<String, @Nullable Object>> expected(String name) throws IOException {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (String line : Files.readAllLines(fixture(name))) {
            Map<String, @Nullable Object> row = JSON.readValue(line, ROW);
            row.replaceAll((column, value) -> value instanceof Map<?, ?> map && map.containsKey("decimal")
                    ? new BigDecimal(String.valueOf(map.get("decimal")))
                    : value);
            rows.add(row);
        }
        return rows;
    }

    @ParameterizedTest
    @CsvSource({
        "questions, questions",
        "questions-snappy, questions",
        "questions-gzip, questions",
        "questions-zstd, questions",
        "questions-v2, questions",
        "questions-plain, questions",
        "questions-item, questions",
        "types, types",
        "types-int96, types-int96",
        "pages, pages",
        "encodings, encodings"
    })
    void rowsAreThoseThatPyarrowReads(String file, String rows) throws IOException {
        List<Map<String, @Nullable Object>> expected = expected(rows + ".jsonl");
        assertThat(expected).hasSizeGreaterThan(2);
        assertThat(rows(fixture(file + ".parquet"))).isEqualTo(expected);
    }

    @Test
    void aFileWithoutRowsHasNone() {
        assertThat(rows(fixture("empty.parquet"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"brotli, BROTLI", "delta-strings, DELTA_BYTE_ARRAY"})
    void whatIsNotReadIsNamed(String file, String what) {
        assertThatThrownBy(() -> rows(fixture(file + ".parquet")))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll(file + ".parquet", what, "Write it anew")
                .hasMessageNotContaining("damaged");
    }

    private Path broken(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("broken.parquet"), bytes);
    }

    private void refused(byte[] bytes, String... parts) throws IOException {
        Path file = broken(bytes);
        assertThatThrownBy(() -> rows(file)).isInstanceOf(DataException.class).hasMessageContainingAll(parts);
    }

    @Test
    void whatIsNoParquetFileIsSaid() throws IOException {
        byte[] good = Files.readAllBytes(fixture("questions.parquet"));
        refused(new byte[0], "0 bytes");
        refused("PAR1".repeat(2).getBytes(StandardCharsets.US_ASCII), "8 bytes");
        refused(Arrays.copyOf(good, good.length - 1), "does not end with PAR1", "cut");
        refused(Arrays.copyOfRange(good, 1, good.length), "does not begin with PAR1");
        byte[] encrypted = good.clone();
        encrypted[good.length - 1] = 'E';
        refused(encrypted, "encrypted");
        for (int claimed : new int[] {Integer.MAX_VALUE, -1, good.length}) {
            byte[] footer = good.clone();
            ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN).putInt(good.length - 8, claimed);
            refused(footer, "footer claims");
        }
    }

    @Test
    void aFlippedBitInAPageIsFoundByItsChecksum() throws IOException {
        byte[] bytes = Files.readAllBytes(fixture("questions.parquet"));
        int text = find(bytes, "q1");
        bytes[text] ^= 1;
        refused(bytes, "column id has the CRC");
    }

    private static int find(byte[] bytes, String text) {
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
        assertThat(at).isPositive();
        return at;
    }

    @Test
    void theRowsBeforeTheDamageHaveCome() throws IOException {
        byte[] bytes = Files.readAllBytes(fixture("questions.parquet"));
        int text = find(bytes, "q30");
        bytes[text] ^= 1;
        List<Integer> numbers = new ArrayList<>();
        Path file = broken(bytes);
        assertThatThrownBy(() -> ParquetFile.read(file, (number, row) -> numbers.add(number)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("beyond row 25");
        assertThat(numbers).hasSize(25);
    }

    /** Whatever the bytes are, there is an error of the file or rows, within this heap and time. */
    @ParameterizedTest
    @ValueSource(strings = {"questions", "questions-v2", "questions-plain", "types", "encodings", "pages"})
    void damageIsAnErrorOrARowAndNeverMore(String name) throws IOException {
        byte[] good = Files.readAllBytes(fixture(name + ".parquet"));
        Random random = new Random(7);
        int errors = 0;
        for (int round = 0; round < 120; round++) {
            byte[] bytes = good.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                bytes[4 + random.nextInt(bytes.length - 12)] = (byte) random.nextInt(256);
            }
            try {
                rows(broken(bytes));
            } catch (DataException e) {
                errors++;
            }
        }
        assertThat(errors).isGreaterThan(20);
    }

    @Test
    void whatTheRowsAreToldIsNoFaultOfTheFile() {
        assertThatThrownBy(() -> ParquetFile.read(fixture("questions.parquet"), (number, row) -> {
                    throw new IllegalStateException("of the reader");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("of the reader");
    }
}
