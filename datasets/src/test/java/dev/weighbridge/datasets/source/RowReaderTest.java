package dev.weighbridge.datasets.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.parquet.ParquetFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowReaderTest {
    @TempDir
    private Path folder;

    private final List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private final RowSink sink = new RowSink() {
        @Override
        public void row(int number, Map<String, @Nullable Object> row) {
            rows.add(row);
        }

        @Override
        public void broken(int number, String why) {
            broken.add(number + " " + why);
        }
    };

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void aBrokenLineCostsOneRow() throws IOException {
        RowReader.of(file(
                        "a.jsonl",
                        "{\"q\":\"a\",\"n\":1,\"l\":[1,null],\"m\":{\"x\":true}}\n{\"q\":\n\n[1]\n{\"q\":\"c\"}\n"))
                .read(sink);
        assertThat(rows).extracting(row -> row.get("q")).containsExactly("a", "c");
        assertThat(rows.get(0).get("m")).isEqualTo(Map.of("x", true));
        assertThat(broken).hasSize(2);
        assertThat(broken.get(0)).startsWith("2 is no JSON object");
        assertThat(broken.get(1)).startsWith("4 is no JSON object");
    }

    @Test
    void linesOfJsonAreReadUnderTheNameOfADocument() throws IOException {
        RowReader.of(file("a.json", "{\"q\":\"a\"}\n{\"q\":\"b\"}\n[1]\n{\"q\":\"c\"}\n"))
                .read(sink);
        assertThat(rows).extracting(row -> row.get("q")).containsExactly("a", "b", "c");
        assertThat(broken).singleElement().asString().startsWith("3 is no JSON object");
    }

    @Test
    void valuesSeparatedByCommasKeepQuotesAndLineEnds() throws IOException {
        RowReader.of(file("a.csv", "question,answer\n\"Say \"\"hi\"\",\nplease\",x\nplain,y\n"))
                .read(sink);
        assertThat(rows)
                .containsExactly(
                        Map.of("question", "Say \"hi\",\nplease", "answer", "x"),
                        Map.of("question", "plain", "answer", "y"));
    }

    @Test
    void aRowWithTooFewOrTooManyColumnsIsBroken() throws IOException {
        new RowReader(file("a.csv", "1,2,3\n4,5\n6,7,8,9\n10,11,12\n"), List.of("a", "b", "c"), List.of()).read(sink);
        assertThat(rows).extracting(row -> row.get("a")).containsExactly("1", "10");
        assertThat(broken).hasSize(2);
    }

    @Test
    void tabsSeparateAndQuotesAreText() throws IOException {
        RowReader.of(file("a.tsv", "q\ta\n\"x\ty\"z\n")).read(sink);
        assertThat(rows).containsExactly(Map.of("q", "\"x", "a", "y\"z"));
    }

    @Test
    void rowsLieInADocument() throws IOException {
        Path path = file("a.json", "{\"data\":{\"examples\":[{\"input\":\"i\"},3]}}");
        new RowReader(path, List.of(), List.of("data", "examples")).read(sink);
        assertThat(rows).containsExactly(Map.of("input", "i"));
        assertThat(broken).containsExactly("2 is no JSON object but NUMBER");
        assertThatThrownBy(() -> RowReader.of(path).read(sink))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("holds no array of rows");
    }

    @Test
    void rowsBelowArraysKnowWhatTheyAreAbout() throws IOException {
        String text =
                "{\"version\":1,\"data\":[{\"title\":\"T\",\"paragraphs\":[{\"context\":\"C1\",\"qas\":[{\"q\":\"a\"},"
                        + "{\"q\":\"b\"}]},{\"context\":\"C2\",\"qas\":[{\"q\":\"c\"}]}]}]}";
        new RowReader(file("a.json", text), List.of(), List.of("data", "*", "paragraphs", "*", "qas")).read(sink);
        assertThat(rows)
                .containsExactly(
                        Map.of("title", "T", "context", "C1", "q", "a"),
                        Map.of("title", "T", "context", "C1", "q", "b"),
                        Map.of("title", "T", "context", "C2", "q", "c"));
    }

    @Test
    void aQuoteThatIsNeverClosedEndsTheFileAndIsNamed() throws IOException {
        RowReader.of(file("a.csv", "a,b\n1,2\n\"3,4\n5,6\n")).read(sink);
        assertThat(rows).hasSize(1);
        assertThat(broken).hasSize(1);
    }

    @Test
    void compressedFilesAreReadByTheNameWithinTheName() throws IOException {
        Path path = folder.resolve("a.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
            out.write("{\"q\":\"é\"}\n".getBytes(StandardCharsets.UTF_8));
        }
        RowReader.of(path).read(sink);
        assertThat(rows).containsExactly(Map.of("q", "é"));
    }

    @Test
    void aFileThatIsMissingOrOfNoKnownFormatIsNamed() {
        assertThatThrownBy(() -> RowReader.of(folder.resolve("none.jsonl")).read(sink))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none.jsonl does not exist");
        assertThatThrownBy(() -> RowReader.of(folder.resolve("none.xlsx")).read(sink))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(".tsv");
    }

    @Test
    void columnsOfParquetAreRows() throws Exception {
        Path parquet = Path.of(
                ParquetFile.class.getResource("questions-snappy.parquet").toURI());
        RowReader.of(parquet).read(sink);
        assertThat(rows).hasSize(60);
        assertThat(rows.get(1)).containsEntry("id", "q1");
        assertThatThrownBy(() -> RowReader.of(file("a.parquet", "{\"q\":\"not columns at all\"}"))
                        .read(sink))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("a.parquet", "PAR1");
    }

    @Test
    void storiesAreRowsWithTheirHighlights() throws IOException {
        file("b.story", "First.\n\nSecond \u2013 é.\n\n@highlight\n\nOne point\n\n@highlight\n\nAnother\n");
        file("a.story", "(CNN) Text\r\n\r\n@highlight\r\n\r\nPoint\r\n");
        file("c.story", "No summary.\n");
        file("d.story", "@highlight\n\nNo text\n");
        Files.write(folder.resolve("e.story"), new byte[] {'x', (byte) 0xff});
        file("notes.txt", "no story");
        RowReader.of(folder).read(sink);
        assertThat(rows)
                .containsExactly(
                        Map.of("article", "(CNN) Text", "highlights", "Point", "id", "a"),
                        Map.of("article", "First.\nSecond \u2013 é.", "highlights", "One point\nAnother", "id", "b"));
        assertThat(broken)
                .containsExactly(
                        "3 is story c.story without a highlight",
                        "4 is story d.story without an article",
                        "5 is story e.story, which is not UTF-8");
        rows.clear();
        RowReader.of(folder.resolve("b.story")).read(sink);
        assertThat(rows).extracting(row -> row.get("id")).containsExactly("b");
    }

    @Test
    void aFolderOfStoriesHasAHashOfNamesAndTexts() throws IOException {
        assertThatThrownBy(() -> RowReader.of(folder).read(sink))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no files that end in .story");
        file("a.story", "x\n@highlight\ny\n");
        String before = StoryFiles.sha256(folder);
        assertThat(before).hasSize(64).isEqualTo(StoryFiles.sha256(folder));
        file("a.story", "x\n@highlight\nz\n");
        assertThat(StoryFiles.sha256(folder)).isNotEqualTo(before);
        file("a.story", "x\n@highlight\ny\n");
        Files.move(folder.resolve("a.story"), folder.resolve("b.story"));
        assertThat(StoryFiles.sha256(folder)).isNotEqualTo(before);
    }
}
