package dev.weighbridge.datasets.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.datasets.parquet.ParquetFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a file, one after the other. A row that is broken is named and left out; only a file that cannot be read at
 * all is an error.
 *
 * @param file JSON lines, JSON, CSV, TSV or text, also compressed with gzip; Parquet; a story or a folder of stories
 * @param columns names of the columns of a CSV or TSV without a header; empty where the first line names them
 * @param path of field names to the array of rows in a JSON document, with {@code *} for each element of an array on the way;
 *     empty where the document is the array. Values beside the way, as the text that several questions are about, are part
 *     of the rows.
 */
public record RowReader(Path file, List<String> columns, List<String> path) {
    private static final String EACH = "*";
    private static final int LONGEST_LINE = 64 << 20;
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(100)
                            .maxStringLength(LONGEST_LINE)
                            .build())
                    .build())
            .build();
    private static final TypeReference<LinkedHashMap<String, @Nullable Object>> ROW = new TypeReference<>() {};

    public RowReader {
        columns = List.copyOf(columns);
        path = List.copyOf(path);
    }

    /** A reader of a file that says itself what its columns are. */
    public static RowReader of(Path file) {
        return new RowReader(file, List.of(), List.of());
    }

    /**
     * Lower-case hex SHA-256 of what is read: of the file's bytes, or of a folder as {@link StoryFiles#sha256} says.
     *
     * @throws DataException when it cannot be read
     */
    public String sha256() {
        if (Files.isDirectory(file)) {
            return StoryFiles.sha256(file);
        }
        try {
            return TaskSets.sha256(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new DataException("data file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads all rows.
     *
     * @throws DataException when the file is missing, is not of its format or cannot be read
     */
    public void read(RowSink sink) {
        if (Files.isDirectory(file)) {
            StoryFiles.readFolder(file, sink);
            return;
        }
        RowFormat format = RowFormat.of(file);
        if (!Files.isRegularFile(file)) {
            throw new DataException("data file " + file + " does not exist");
        }
        try {
            switch (format) {
                case JSONL -> lines(sink);
                case JSON -> document(sink);
                case CSV -> separated(sink, ',');
                case TSV -> separated(sink, '\t');
                case PARQUET -> ParquetFile.read(file, sink::row);
                case STORY -> StoryFiles.read(1, file, sink);
                case TEXT -> sink.row(1, Map.of("text", text()));
            }
        } catch (IOException e) {
            throw new DataException(file + " cannot be read as " + format + ": " + message(e), e);
        }
    }

    private static String message(IOException e) {
        return e instanceof JsonProcessingException json
                ? json.getOriginalMessage()
                : e instanceof MalformedInputException ? "it is not UTF-8" : String.valueOf(e.getMessage());
    }

    private InputStream open() throws IOException {
        InputStream bytes = Files.newInputStream(file);
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
    }

    private String text() throws IOException {
        try (InputStream in = open()) {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(in.readAllBytes()))
                    .toString();
        }
    }

    private void lines(RowSink sink) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(open(), StandardCharsets.UTF_8))) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank()) {
                    line(number, line, sink);
                }
            }
        }
    }

    private static void line(int number, String line, RowSink sink) {
        Map<String, @Nullable Object> row;
        try {
            row = JSON.readValue(line, ROW);
        } catch (JsonProcessingException e) {
            sink.broken(number, "is no JSON object: " + e.getOriginalMessage());
            return;
        }
        sink.row(number, row);
    }

    private void document(RowSink sink) throws IOException {
        int[] number = {0};
        try (InputStream in = open();
                JsonParser parser = JSON.createParser(in)) {
            JsonNode first = next(parser);
            JsonNode second = path.isEmpty() && first.isObject() ? next(parser) : MissingNode.getInstance();
            if (second.isMissingNode()) {
                descend(first, 0, Map.of(), number, sink);
                return;
            }
            // JSON lines under another name, as many data sets are published.
            sink.row(++number[0], JSON.convertValue(first, ROW));
            for (JsonNode value = second; !value.isMissingNode(); value = next(parser)) {
                if (value.isObject()) {
                    sink.row(++number[0], JSON.convertValue(value, ROW));
                } else {
                    sink.broken(++number[0], "is no JSON object but " + value.getNodeType());
                }
            }
        }
    }

    private static JsonNode next(JsonParser parser) throws IOException {
        return parser.nextToken() == null ? MissingNode.getInstance() : JSON.readTree(parser);
    }

    /** Goes down the path. What lies beside the way, but lists and objects, is part of each row below it. */
    private void descend(JsonNode node, int depth, Map<String, @Nullable Object> above, int[] number, RowSink sink) {
        if (depth < path.size() && !path.get(depth).equals(EACH)) {
            Map<String, @Nullable Object> own = new LinkedHashMap<>(above);
            node.properties().forEach(field -> {
                if (field.getValue().isValueNode()) {
                    own.put(field.getKey(), JSON.convertValue(field.getValue(), Object.class));
                }
            });
            descend(node.path(path.get(depth)), depth + 1, depth == 0 ? above : own, number, sink);
            return;
        }
        if (!node.isArray()) {
            throw new DataException(
                    file + " holds no array of rows" + (path.isEmpty() ? "" : " at " + path)
                            + ". Name the fields that lead to it with 'rows: [FIELD, …]', and '*' for each element of an array.");
        }
        for (JsonNode element : node) {
            if (depth < path.size()) {
                descend(element, depth + 1, above, number, sink);
            } else if (element.isObject()) {
                Map<String, @Nullable Object> row = new LinkedHashMap<>(above);
                row.putAll(JSON.convertValue(element, ROW));
                sink.row(++number[0], row);
            } else {
                sink.broken(++number[0], "is no JSON object but " + element.getNodeType());
            }
        }
    }

    private void separated(RowSink sink, char separator) throws IOException {
        CsvSchema.Builder builder = CsvSchema.builder().setColumnSeparator(separator);
        columns.forEach(builder::addColumn);
        CsvSchema schema = columns.isEmpty() ? builder.build().withHeader() : builder.build();
        if (separator == '\t') {
            schema = schema.withoutQuoteChar();
        }
        CsvMapper mapper = CsvMapper.builder()
                .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
                .enable(CsvParser.Feature.FAIL_ON_MISSING_COLUMNS)
                .build();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(open(), StandardCharsets.UTF_8));
                MappingIterator<LinkedHashMap<String, @Nullable Object>> rows =
                        mapper.readerFor(ROW).with(schema).readValues(reader)) {
            int number = 0;
            while (true) {
                number++;
                Map<String, @Nullable Object> row;
                try {
                    if (!rows.hasNextValue()) {
                        return;
                    }
                    row = rows.nextValue();
                } catch (JsonProcessingException e) {
                    sink.broken(number, "has not the columns of the file: " + e.getOriginalMessage());
                    continue;
                }
                sink.row(number, row);
            }
        }
    }
}
