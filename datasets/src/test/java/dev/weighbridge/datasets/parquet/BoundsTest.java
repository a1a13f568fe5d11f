package dev.weighbridge.datasets.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

/** Claims that are larger than what holds them, and lists as older writers wrote them. */
class BoundsTest {
    private static ByteBuffer bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteBuffer.wrap(bytes);
    }

    private static int length(byte[] bytes) throws IOException {
        return BoundedThrift.read(new PageHeader(), bytes, bytes.length, 1 << 20);
    }

    @Test
    void aHeaderEndsWhereItEnds() throws IOException {
        DataPageHeader own = new DataPageHeader(7, Encoding.PLAIN, Encoding.RLE, Encoding.RLE);
        PageHeader header = new PageHeader(PageType.DATA_PAGE, 1 << 20, 12345);
        header.setData_page_header(own);
        header.setCrc(-1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Util.writePageHeader(header, out);
        byte[] whole = out.toByteArray();
        assertThat(length(Arrays.copyOf(whole, whole.length + 9))).isEqualTo(whole.length);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> length(cut)).isInstanceOf(BoundedThrift.CutException.class);
        }
    }

    @Test
    void metadataThatClaimsTooMuchIsRefused() {
        // Field 2 of a file's metadata, its schema: a list of 2^31 - 1 structs.
        byte[] list = bytes(0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07).array();
        assertThatThrownBy(() -> BoundedThrift.read(new FileMetaData(), list, list.length, 100))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");
        // A million structs of a byte each, after a claim that there are so many.
        byte[] many = new byte[BoundedThrift.MOST_VALUES + 10];
        System.arraycopy(bytes(0x29, 0xfc, 0xc0, 0x84, 0x3d).array(), 0, many, 0, 5);
        assertThatThrownBy(() -> BoundedThrift.read(new FileMetaData(), many, many.length, 100))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");
        // An unknown field, a text of 2^31 - 1 bytes; and structs within structs.
        assertThatThrownBy(
                        () -> length(bytes(0xf8, 0xff, 0xff, 0xff, 0xff, 0x07).array()))
                .isInstanceOf(IOException.class);
        // A text of 200 MB as bytes, of which none come: statistics of a data page.
        byte[] text = bytes(0x5c, 0x5c, 0x18, 0x80, 0x84, 0xaf, 0x5f).array();
        assertThatThrownBy(() -> length(text))
                .hasMessageContaining("damaged")
                .isNotInstanceOf(BoundedThrift.CutException.class);
        byte[] deep = new byte[100_000];
        Arrays.fill(deep, (byte) 0xfc);
        assertThatThrownBy(() -> length(deep)).hasMessageContaining("nested deeper");
        byte[] lists = new byte[100_000];
        Arrays.fill(lists, (byte) 0x19);
        lists[0] = (byte) 0xf9;
        assertThatThrownBy(() -> length(lists)).hasMessageContaining("nested deeper");
    }

    @Test
    void runsThatClaimMoreThanTheirBytesAreRefused() throws IOException {
        // Eight numbers of three bits, packed: 2^28 groups are claimed, one is there.
        assertThatThrownBy(() -> Runs.hybrid(bytes(0x81, 0x80, 0x80, 0x80, 0x02, 1, 2, 3), 3))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("groups is claimed");
        assertThat(Runs.hybrid(bytes(0x03, 1, 2, 3), 3)).isEqualTo(8 * 4 + 3);
        assertThat(Runs.hybrid(bytes(0xfe, 0xff, 0xff, 0xff, 0x0f, 1), 3)).isZero();
        assertThatThrownBy(() -> Runs.hybrid(bytes(2), 8)).hasMessageContaining("cut");
        assertThatThrownBy(() -> Runs.hybrid(bytes(2, 1), 33)).hasMessageContaining("33 bits");
        assertThatThrownBy(() -> Runs.delta(bytes(0x80, 1, 4, 0xff, 0xff, 0xff, 0xff, 0x07, 0), 10))
                .hasMessageContaining("2147483647 in all; the page has 10 values");
        assertThat(Runs.delta(bytes(0x80, 1, 4, 10, 0), 10)).isEqualTo((10 + 256) * 8);
    }

    @Test
    void dictionariesThatClaimMoreThanTheirBytesAreRefused() throws IOException {
        PrimitiveType text = new PrimitiveType(Repetition.REQUIRED, PrimitiveTypeName.BINARY, "a");
        Runs.plain(bytes(1, 0, 0, 0, 'x', 0, 0, 0, 0), text, 2);
        assertThatThrownBy(() -> Runs.plain(bytes(1, 0, 0, 0, 'x'), text, 2)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Runs.plain(bytes(1, 0, 0, 0x7f, 'x'), text, 1)).hasMessageContaining("cut");
        assertThatThrownBy(() -> Runs.plain(bytes(-1, -1, -1, -1), text, 1)).hasMessageContaining("-1 bytes");
        PrimitiveType fixed =
                new PrimitiveType(Repetition.REQUIRED, PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY, 1 << 30, "a");
        assertThatThrownBy(() -> Runs.plain(bytes(1, 2, 3), fixed, 1)).hasMessageContaining("cut");
    }

    @Test
    void aPageOfAnotherSizeThanClaimedIsRefused() throws IOException {
        byte[] zeros = new byte[1000];
        byte[] zstd = Zstd.compress(zeros);
        byte[] snappy = Snappy.compress(zeros);
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(zeros);
        }
        Map<CompressionCodec, byte[]> pages = Map.of(
                CompressionCodec.ZSTD, zstd,
                CompressionCodec.SNAPPY, snappy,
                CompressionCodec.GZIP, gzip.toByteArray(),
                CompressionCodec.UNCOMPRESSED, zeros);
        for (Map.Entry<CompressionCodec, byte[]> page : pages.entrySet()) {
            assertThat(Codec.decompress(page.getKey(), page.getValue(), 1000)).isEqualTo(zeros);
            for (int claimed : new int[] {0, 999, 1001}) {
                assertThatThrownBy(() -> Codec.decompress(page.getKey(), page.getValue(), claimed))
                        .as("%s, %d", page.getKey(), claimed)
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void pagesAndRowsHaveTheirLimits() throws IOException {
        Memory memory = new Memory(8 << 20);
        memory.exchange(0, 2 << 20);
        memory.exchange(2 << 20, 1 << 20);
        memory.exchange(0, 1 << 20);
        assertThatThrownBy(() -> memory.exchange(0, 1)).hasMessageContaining("pages take more than 2097152 bytes");
        memory.take(1000);
        memory.nextRow();
        memory.take((1 << 20) - Memory.EACH);
        assertThatThrownBy(() -> memory.take(0)).hasMessageContaining("a row takes more than 1048576 bytes");
    }

    private static SchemaElement group(String name, FieldRepetitionType repetition, int children) {
        return new SchemaElement(name).setRepetition_type(repetition).setNum_children(children);
    }

    private static SchemaElement text(String name, FieldRepetitionType repetition) {
        return new SchemaElement(name)
                .setRepetition_type(repetition)
                .setType(Type.BYTE_ARRAY)
                .setConverted_type(ConvertedType.UTF8);
    }

    private static SchemaElement list(String name) {
        return group(name, FieldRepetitionType.OPTIONAL, 1).setConverted_type(ConvertedType.LIST);
    }

    private static void add(GroupConverter to, String value) {
        to.getConverter(0).asPrimitiveConverter().addBinary(Binary.fromString(value));
    }

    /** A row of one list, into which the values go as the library would give them. */
    private static Object listOf(List<SchemaElement> elements, boolean grouped, String... values) throws IOException {
        Values made = new Values(Schema.of(elements), new Memory());
        GroupConverter root = made.getRootConverter();
        root.start();
        GroupConverter list = root.getConverter(0).asGroupConverter();
        list.start();
        for (String value : values) {
            if (grouped) {
                GroupConverter element = list.getConverter(0).asGroupConverter();
                element.start();
                add(element, value);
                element.end();
            } else {
                add(list, value);
            }
        }
        list.end();
        root.end();
        return made.getCurrentRecord().get("words");
    }

    @Test
    void listsOfOlderWritersHaveTheirElements() throws IOException {
        SchemaElement root = new SchemaElement("schema").setNum_children(1);
        FieldRepetitionType repeated = FieldRepetitionType.REPEATED;
        FieldRepetitionType required = FieldRepetitionType.REQUIRED;
        assertThat(listOf(List.of(root, list("words"), text("array", repeated)), false, "a", "b"))
                .isEqualTo(List.of("a", "b"));
        assertThat(listOf(
                        List.of(root, list("words"), group("bag", repeated, 1), text("array_element", required)),
                        true,
                        "a",
                        "b"))
                .isEqualTo(List.of("a", "b"));
        assertThat(listOf(List.of(root, list("words"), group("array", repeated, 1), text("word", required)), true, "a"))
                .isEqualTo(List.of(Map.of("word", "a")));
        assertThat(listOf(
                        List.of(root, list("words"), group("words_tuple", repeated, 1), text("word", required)),
                        true,
                        "a"))
                .isEqualTo(List.of(Map.of("word", "a")));
        assertThat(listOf(List.of(root, list("words"), text("array", repeated)), false))
                .isEqualTo(List.of());
    }

    @Test
    void aSchemaThatIsNoTreeIsRefused() {
        SchemaElement root = new SchemaElement("schema").setNum_children(2);
        SchemaElement column = text("a", FieldRepetitionType.OPTIONAL);
        for (List<SchemaElement> elements : List.of(
                List.<SchemaElement>of(),
                List.of(root),
                List.of(root, column),
                List.of(root, column, column, column),
                List.of(root, column, group("b", FieldRepetitionType.OPTIONAL, 0)),
                List.of(root, column, group("b", FieldRepetitionType.OPTIONAL, Integer.MAX_VALUE)),
                List.of(root, column, new SchemaElement("c")))) {
            assertThatThrownBy(() -> Schema.of(elements)).isInstanceOf(IOException.class);
        }
    }
}
