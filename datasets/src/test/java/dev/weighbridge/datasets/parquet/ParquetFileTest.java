package dev.weighbridge.datasets.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.datasets.DataException;
import java.io.ByteArrayOutputStream;
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
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesWriter;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.io.api.Binary;
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

    private static final byte[] BROTLI_OF_A = {91, -97, -122, 1, 64, 34, 44, 30, 11, 36, -53, 47, 0};

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
        "encodings, encodings",
        "questions-lz4, questions",
        "questions-brotli, questions",
        "delta-strings, delta-strings",
        "delta-strings-v2, delta-strings"
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

    /** Codec 3 of the format is LZO, 5 the LZ4 that has no description. */
    @ParameterizedTest
    @CsvSource({"LZO", "LZ4"})
    void whatIsNotReadIsNamed(CompressionCodec codec) {
        assertThatThrownBy(() -> Codec.decompress(codec, new byte[8], 8))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("compressed with " + codec, "Write it anew");
    }

    @ParameterizedTest
    @CsvSource({"LZ4_RAW", "BROTLI"})
    void aPageThatIsLargerThanItSaysIsCutOff(CompressionCodec codec) throws IOException {
        // What both make of 100,000 times "a": LZ4 by hand, a literal and a match of distance 1; Brotli as brotli(1)
        // writes it.
        byte[] packed = codec == CompressionCodec.BROTLI ? BROTLI_OF_A.clone() : lz4OfA(100_000);
        assertThat(Codec.decompress(codec, packed, 100_000)).hasSize(100_000).containsOnly('a');
        for (int size : new int[] {99_999, 100_001, 0}) {
            assertThatThrownBy(() -> Codec.decompress(codec, packed, size)).isInstanceOf(IOException.class);
        }
    }

    private static byte[] lz4OfA(int length) {
        // The last five bytes are literals.
        int match = length - 1 - 5;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x1f);
        out.write('a');
        out.write(1);
        out.write(0);
        for (int rest = match - 4 - 15; ; rest -= 255) {
            out.write(Math.min(rest, 255));
            if (rest < 255) {
                break;
            }
        }
        out.write(0x50);
        out.writeBytes("aaaaa".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private static ByteBuffer page(BytesInput bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        bytes.writeAllTo(out);
        return ByteBuffer.wrap(out.toByteArray());
    }

    /** Each text takes the whole one before and adds a byte: a page of 40 kB would be 200 MB of texts. */
    @Test
    void textsThatGrowWithoutBoundAreRefused() throws IOException {
        int count = 20_000;
        DeltaByteArrayWriter writer = new DeltaByteArrayWriter(1024, 1 << 20, new HeapByteBufferAllocator());
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            writer.writeBytes(Binary.fromString(text.append('x').toString()));
        }
        ByteBuffer page = page(writer.getBytes());
        long taken = Runs.deltaStrings(page, count);
        assertThat(page.remaining()).isLessThan(100_000);
        assertThat(taken).isGreaterThan((long) count * count / 2);
        assertThatThrownBy(() -> new Memory(1 << 28).exchange(0, taken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("at one time");
        assertThatThrownBy(() -> Runs.deltaStrings(page, count - 1)).isInstanceOf(IOException.class);
    }

    @Test
    void aTextThatSharesMoreThanThereIsIsRefused() throws IOException {
        DeltaBinaryPackingValuesWriterForInteger shared =
                new DeltaBinaryPackingValuesWriterForInteger(1024, 1 << 20, new HeapByteBufferAllocator());
        shared.writeInteger(0);
        shared.writeInteger(1_000_000);
        DeltaLengthByteArrayValuesWriter own =
                new DeltaLengthByteArrayValuesWriter(1024, 1 << 20, new HeapByteBufferAllocator());
        own.writeBytes(Binary.fromString("a"));
        own.writeBytes(Binary.fromString("b"));
        ByteBuffer page = page(BytesInput.concat(shared.getBytes(), own.getBytes()));
        assertThatThrownBy(() -> Runs.deltaStrings(page, 2))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("share 1000000 bytes with one of 1");
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
    @ValueSource(
            strings = {
                "questions",
                "questions-v2",
                "questions-plain",
                "types",
                "encodings",
                "pages",
                "questions-lz4",
                "questions-brotli",
                "delta-strings"
            })
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
        assertThat(errors).isGreaterThan(10);
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
