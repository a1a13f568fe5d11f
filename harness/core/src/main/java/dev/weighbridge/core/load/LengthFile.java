package dev.weighbridge.core.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.load.TokenLength;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads lengths that were seen from a file: a column of CSV (RFC 4180, without line ends in cells), a key of JSON lines, or one number a
 * line. Traces of Azure, BurstGPT and Mooncake are such files.
 */
final class LengthFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_LENGTHS = 10_000_000;
    private static final int LONGEST_LINE = 1 << 20;
    private static final int LONGEST_EXCERPT = 60;

    private final Path file;
    private final String field;
    private final int most;
    private int column = -1;
    private int columns;

    private LengthFile(Path file, String field, int most) {
        this.file = file;
        this.field = field;
        this.most = most;
    }

    /**
     * Reads a file.
     *
     * @param field name of the column or key; empty where each line is a number
     * @param most tokens; longer ones count as so many, and those of 0 as 1, as no request has none
     * @throws IllegalArgumentException naming the file and the line, where it is no such file
     */
    static TokenLength.Empirical read(Path file, String field, int most) {
        return new TokenLength.Empirical(file, new LengthFile(file, field, most).lengths());
    }

    private int[] lengths() {
        int[] lengths = new int[1024];
        int count = 0;
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            boolean head = true;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.length() > LONGEST_LINE) {
                    throw new IllegalArgumentException("has " + line.length() + " characters");
                }
                if (line.isBlank() || (head && readsHeader(line))) {
                    head &= line.isBlank();
                    continue;
                }
                head = false;
                if (count == MOST_LENGTHS) {
                    throw new IllegalArgumentException("is beyond the " + MOST_LENGTHS + " that are read");
                }
                lengths = count == lengths.length ? Arrays.copyOf(lengths, count * 2) : lengths;
                lengths[count++] = tokens(text(line));
            }
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ":" + (number + 1) + ": is no UTF-8", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("lengths " + file + " cannot be read: " + e, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ":" + number + ": " + e.getMessage(), e);
        }
        return Arrays.copyOf(lengths, count);
    }

    /** Whether the first line names the columns; JSON lines and plain numbers have none. */
    private boolean readsHeader(String line) {
        if (field.isEmpty() || line.strip().startsWith("{")) {
            return false;
        }
        List<String> names = cells(line);
        column = names.indexOf(field);
        columns = names.size();
        if (column < 0) {
            throw new IllegalArgumentException(
                    "has no column '" + field + "', but: " + bounded(String.join(", ", names)));
        }
        return true;
    }

    private String text(String line) {
        if (field.isEmpty()) {
            return line;
        }
        if (column < 0) {
            return key(line);
        }
        List<String> cells = cells(line);
        if (cells.size() != columns) {
            throw new IllegalArgumentException("has " + cells.size() + " columns, the header " + columns);
        }
        return cells.get(column);
    }

    private String key(String line) {
        try {
            JsonNode value = JSON.readTree(line).path(field);
            if (value.isNumber()) {
                return value.asText();
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("is no JSON: " + e.getOriginalMessage(), e);
        }
        throw new IllegalArgumentException("has no number in field '" + field + "'");
    }

    private int tokens(String text) {
        BigDecimal number;
        try {
            number = new BigDecimal(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("has no number" + where() + ", got: " + bounded(text), e);
        }
        // Compared, never written out: 1e999999999 is a short text and a long number.
        if (number.signum() < 0 || number.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException(
                    "must have 0 to " + Integer.MAX_VALUE + " tokens" + where() + ", got: " + bounded(text));
        }
        try {
            return Math.max(1, Math.min(most, number.intValueExact()));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("has no whole number" + where() + ", got: " + bounded(text), e);
        }
    }

    private String where() {
        return field.isEmpty() ? "" : " in '" + field + "'";
    }

    private static String bounded(String text) {
        return text.length() > LONGEST_EXCERPT ? text.substring(0, LONGEST_EXCERPT) + "..." : text;
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString().strip());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString().strip());
        return cells;
    }
}
