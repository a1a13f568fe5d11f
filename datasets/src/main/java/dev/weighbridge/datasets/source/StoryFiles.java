package dev.weighbridge.datasets.source;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The stories of CNN/DailyMail as they were published (Hermann et al., arXiv 1506.03340): a file each, paragraphs with blank lines
 * between, then for each point of the summary a line {@code @highlight} and the point.
 *
 * <p>A row has {@code article}, its paragraphs a line each; {@code highlights}, the points a line each; and {@code id}, the
 * file's name without its end. No full stops are added, as See et al. (arXiv 1704.04368) do where a line has none.
 */
public final class StoryFiles {
    static final String END = ".story";
    private static final String HIGHLIGHT = "@highlight";
    private static final int LARGEST = 4 << 20;
    private static final int MOST_FILES = 1_000_000;

    private StoryFiles() {}

    /**
     * Reads the stories of a folder in the order of their names. One that is broken is named and left out.
     *
     * @throws DataException when the folder cannot be read or has no stories
     */
    public static void readFolder(Path folder, RowSink sink) {
        int number = 0;
        for (Path file : stories(folder)) {
            read(++number, file, sink);
        }
    }

    /**
     * SHA-256 of a folder of stories: of the lines {@code NAME SHA-256} of its files.
     *
     * @throws DataException when the folder cannot be read or has no stories
     */
    public static String sha256(Path folder) {
        StringBuilder lines = new StringBuilder();
        for (Path file : stories(folder)) {
            lines.append(file.getFileName())
                    .append(' ')
                    .append(TaskSets.sha256(bytes(file)))
                    .append('\n');
        }
        return TaskSets.sha256(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static List<Path> stories(Path folder) {
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(END))
                    .filter(Files::isRegularFile)
                    .limit(MOST_FILES + 1L)
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new DataException("folder " + folder + " cannot be read: " + e, e);
        }
        if (files.isEmpty() || files.size() > MOST_FILES) {
            throw new DataException("folder " + folder + " has " + (files.isEmpty() ? "no" : "more than " + MOST_FILES)
                    + " files that end in " + END + ". Name a folder of stories, or a file of rows.");
        }
        return files;
    }

    private static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            // One more than may be, so that a longer one is known.
            return in.readNBytes(LARGEST + 1);
        } catch (IOException e) {
            throw new DataException("story " + file + " cannot be read: " + e, e);
        }
    }

    static void read(int number, Path file, RowSink sink) {
        byte[] bytes = bytes(file);
        if (bytes.length > LARGEST) {
            sink.broken(number, "is story " + file.getFileName() + " of more than " + LARGEST + " bytes");
            return;
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            sink.broken(number, "is story " + file.getFileName() + ", which is not UTF-8");
            return;
        }
        List<String> article = new ArrayList<>();
        List<String> highlights = new ArrayList<>();
        boolean point = false;
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.equals(HIGHLIGHT)) {
                point = true;
            } else if (!line.isEmpty()) {
                // As all after the first mark is summary, so are further lines of a point.
                (point ? highlights : article).add(line);
            }
        }
        if (article.isEmpty() || highlights.isEmpty()) {
            sink.broken(
                    number,
                    "is story " + file.getFileName() + " without "
                            + (article.isEmpty() ? "an article" : "a highlight"));
            return;
        }
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        String name = String.valueOf(file.getFileName());
        row.put("article", String.join("\n", article));
        row.put("highlights", String.join("\n", highlights));
        row.put("id", name.substring(0, name.length() - END.length()));
        sink.row(number, row);
    }
}
