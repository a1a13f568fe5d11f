package dev.weighbridge.datasets.contamination;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.source.RowFormat;
import dev.weighbridge.datasets.source.RowReader;
import dev.weighbridge.datasets.source.RowSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Training text in files: text as one text, rows as a text each. */
final class TrainingText {
    private static final int BUFFER = 1 << 16;

    private final Contamination contamination;
    private final String field;

    TrainingText(Contamination contamination, String field) {
        this.contamination = contamination;
        this.field = field;
    }

    /** Reads a file or folder; returns the files of a folder that were left out. */
    List<Path> read(Path path) {
        if (!Files.isDirectory(path)) {
            file(path, RowFormat.of(path));
            return List.of();
        }
        List<Path> leftOut = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(path)) {
            for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
                RowFormat format;
                try {
                    format = RowFormat.of(file);
                } catch (DataException e) {
                    leftOut.add(file);
                    continue;
                }
                file(file, format);
            }
        } catch (IOException e) {
            throw new DataException("training text " + path + " cannot be read: " + e, e);
        } catch (UncheckedIOException e) {
            throw new DataException("training text " + path + " cannot be read: " + e.getCause(), e);
        }
        return leftOut;
    }

    private void file(Path file, RowFormat format) {
        if (format == RowFormat.TEXT) {
            text(file);
        } else {
            rows(file);
        }
    }

    private void text(Path file) {
        try (InputStream bytes = Files.newInputStream(file);
                InputStream plain = file.toString().toLowerCase(Locale.ROOT).endsWith(".gz")
                        ? new GZIPInputStream(bytes, BUFFER)
                        : bytes;
                Reader reader = new InputStreamReader(plain, StandardCharsets.UTF_8)) {
            char[] chars = new char[BUFFER];
            for (int count = reader.read(chars); count >= 0; count = reader.read(chars)) {
                contamination.part(chars, count);
            }
            contamination.end();
        } catch (IOException e) {
            throw new DataException("training text " + file + " cannot be read: " + e, e);
        }
    }

    private void rows(Path file) {
        long[] rowsAndTexts = {0, 0};
        RowReader.of(file).read(new RowSink() {
            @Override
            public void row(int number, Map<String, @Nullable Object> row) {
                rowsAndTexts[0]++;
                if (row.get(field) instanceof String text) {
                    rowsAndTexts[1]++;
                    contamination.read(text);
                }
            }

            @Override
            public void broken(int number, String why) {
                throw new DataException("row " + number + " of training text " + file + " " + why);
            }
        });
        if (rowsAndTexts[0] > 0 && rowsAndTexts[1] == 0) {
            throw new DataException("no row of training text " + file + " has a text in a field '" + field
                    + "'. Name the field that has.");
        }
    }
}
