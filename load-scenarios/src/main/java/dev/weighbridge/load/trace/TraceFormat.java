package dev.weighbridge.load.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The published forms of traces of requests to language models. */
enum TraceFormat {
    /** Azure's public dataset, "LLM inference trace" of 2023 and 2024: date, context and generated tokens. */
    AZURE("TIMESTAMP", "ContextTokens", "GeneratedTokens") {
        @Override
        long nanos(String timestamp) {
            String plain = timestamp.replaceFirst("([+-]00:00|Z)$", "").strip();
            return ChronoUnit.NANOS.between(YEAR_2000, LocalDateTime.parse(plain, DATE));
        }
    },
    /** BurstGPT: seconds since its start, request and response tokens. */
    BURSTGPT("Timestamp", "Request tokens", "Response tokens") {
        @Override
        long nanos(String timestamp) {
            return new BigDecimal(timestamp.strip())
                    .multiply(BigDecimal.valueOf(NANOS_PER_SECOND))
                    .longValueExact();
        }
    },
    /**
     * Mooncake, JSON lines: milliseconds since its start, input and output length, and a hash id of each block of 512 tokens of the
     * prompt, equal where prefixes are (traces of Mooncake's FAST'25 release, its README).
     */
    MOONCAKE("timestamp", "input_length", "output_length") {
        @Override
        long nanos(String timestamp) {
            return new BigDecimal(timestamp.strip())
                    .multiply(BigDecimal.valueOf(NANOS_PER_MILLI))
                    .longValueExact();
        }
    };

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final int MOST_TOKENS = 100_000_000;
    private static final String HASHES = "hash_ids";
    private static final int[] NO_BLOCKS = {};

    /** Tokens of a block that has a hash id. */
    static final int BLOCK_TOKENS = 512;

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Nanoseconds of 292 years to either side fit into a long. */
    private static final LocalDateTime YEAR_2000 = LocalDateTime.of(2000, 1, 1, 0, 0);

    private static final DateTimeFormatter DATE = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral(' ')
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter(Locale.ROOT);

    private final String timestamp;
    private final String prompt;
    private final String output;

    TraceFormat(String timestamp, String prompt, String output) {
        this.timestamp = timestamp;
        this.prompt = prompt;
        this.output = output;
    }

    /**
     * One request of a trace.
     *
     * @param nanos since an origin of the file's own
     * @param promptTokens 0 or more
     * @param outputTokens 0 or more
     * @param blocks hash ids of the prompt's blocks in order; empty where the trace has none
     */
    @SuppressWarnings("ArrayRecordComponent") // A quarter of a million of them in a trace of an hour; never compared.
    record Entry(long nanos, int promptTokens, int outputTokens, int[] blocks) {}

    /** Reads lines of one file; made from its first line. */
    interface Lines {
        /**
         * One line's request.
         *
         * @throws IllegalArgumentException saying what is wrong with it
         */
        Entry entry(String line);

        /** Whether the first line is a header and no request. */
        boolean hasHeader();
    }

    abstract long nanos(String timestamp);

    /**
     * How to read a file that begins with that line.
     *
     * @throws IllegalArgumentException when it is of no form that is known
     */
    static Lines of(String first) {
        if (first.strip().startsWith("{")) {
            return MOONCAKE.json();
        }
        List<String> header = cells(first);
        for (TraceFormat format : List.of(AZURE, BURSTGPT)) {
            if (header.contains(format.timestamp) && header.contains(format.prompt) && header.contains(format.output)) {
                return format.csv(header);
            }
        }
        throw new IllegalArgumentException(
                "is of no form that is known: it begins neither with the columns of Azure's traces (" + AZURE.columns()
                        + ") or of BurstGPT (" + BURSTGPT.columns() + ") nor with JSON as Mooncake's does");
    }

    private String columns() {
        return timestamp + ", " + prompt + ", " + output;
    }

    private Lines csv(List<String> header) {
        int[] places = {header.indexOf(timestamp), header.indexOf(prompt), header.indexOf(output)};
        return new Lines() {
            @Override
            public Entry entry(String line) {
                List<String> cells = cells(line);
                if (cells.size() != header.size()) {
                    throw new IllegalArgumentException("has " + cells.size() + " columns, the header " + header.size());
                }
                return TraceFormat.this.entry(
                        cells.get(places[0]), cells.get(places[1]), cells.get(places[2]), NO_BLOCKS);
            }

            @Override
            public boolean hasHeader() {
                return true;
            }
        };
    }

    private Lines json() {
        return new Lines() {
            @Override
            public Entry entry(String line) {
                JsonNode node;
                try {
                    node = JSON.readTree(line);
                } catch (JsonProcessingException e) {
                    throw new IllegalArgumentException("is no JSON: " + e.getOriginalMessage(), e);
                }
                return TraceFormat.this.entry(
                        text(node, timestamp), text(node, prompt), text(node, output), blocks(node));
            }

            @Override
            public boolean hasHeader() {
                return false;
            }
        };
    }

    private static String text(@Nullable JsonNode node, String field) {
        if (node == null || !node.path(field).isNumber()) {
            throw new IllegalArgumentException("has no number in field '" + field + "'");
        }
        return node.path(field).asText();
    }

    private static int[] blocks(JsonNode node) {
        JsonNode hashes = node.path(HASHES);
        if (hashes.isMissingNode()) {
            return NO_BLOCKS;
        }
        if (!hashes.isArray()) {
            throw new IllegalArgumentException("has no list in field '" + HASHES + "'");
        }
        int[] blocks = new int[hashes.size()];
        for (int i = 0; i < blocks.length; i++) {
            JsonNode hash = hashes.path(i);
            if (!hash.isIntegralNumber() || !hash.canConvertToInt() || hash.asInt() < 0) {
                throw new IllegalArgumentException("has no hash id of 0 to " + Integer.MAX_VALUE + " in '" + HASHES
                        + "', got: " + bounded(hash.toString()));
            }
            blocks[i] = hash.asInt();
        }
        return blocks;
    }

    /** A trace whose blocks do not fit its lengths is not what it is taken for. */
    private static int[] fitting(int[] blocks, int promptTokens) {
        long whole = (promptTokens + (long) BLOCK_TOKENS - 1) / BLOCK_TOKENS;
        if (blocks.length > 0 && blocks.length != whole) {
            throw new IllegalArgumentException("has " + blocks.length + " entries in '" + HASHES + "' for "
                    + promptTokens + " tokens, which are " + whole + " blocks of " + BLOCK_TOKENS);
        }
        return blocks;
    }

    private Entry entry(String time, String promptTokens, String outputTokens, int[] blocks) {
        long nanos;
        try {
            nanos = nanos(time);
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("has no time in '" + timestamp + "', got: " + bounded(time), e);
        }
        int ofPrompt = tokens(prompt, promptTokens);
        return new Entry(nanos, ofPrompt, tokens(output, outputTokens), fitting(blocks, ofPrompt));
    }

    private static int tokens(String column, String text) {
        try {
            int tokens = new BigDecimal(text.strip()).intValueExact();
            if (tokens >= 0 && tokens <= MOST_TOKENS) {
                return tokens;
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("has no whole number in '" + column + "', got: " + bounded(text), e);
        }
        throw new IllegalArgumentException(
                "must have 0 to " + MOST_TOKENS + " tokens in '" + column + "', got: " + bounded(text));
    }

    private static String bounded(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }

    /** None of the columns that matter holds a comma, so that quotes only stand around them. */
    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        for (String cell : line.split(",", -1)) {
            String plain = cell.strip();
            boolean quoted = plain.length() > 1 && plain.startsWith("\"") && plain.endsWith("\"");
            cells.add(quoted ? plain.substring(1, plain.length() - 1) : plain);
        }
        return cells;
    }
}
