package dev.weighbridge.scoring.feedback;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvReadException;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.feedback.FeedbackRow.BrokenRowException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log of feedback with the fields of {@code FeedbackRow}, JSON Lines in UTF-8, or CSV (RFC 4180) with a line of their names where
 * the file's name ends so; an empty cell is a field that is absent. It has a row for each answered request, with
 * feedback or without, and perhaps later rows that add to it; of two statements on one thing the later counts. Without rows for
 * requests that nobody commented, response rates are 1 and bounds mean nothing. A broken row is passed over and counted by its
 * fault. Rows are streamed; of each request only its feedback is held, not its text.
 */
public final class FeedbackLog {
    /** Different requests of a log. */
    public static final int MOST_REQUESTS = 2_000_000;

    private static final int LONGEST_LINE = 1_000_000;
    private static final CsvMapper CSV = CsvMapper.builder(CsvFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(LONGEST_LINE)
                            .build())
                    .build())
            .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
            .enable(CsvParser.Feature.FAIL_ON_MISSING_COLUMNS)
            .build();

    private static final int MOST_VARIANTS = 1000;

    private final Map<Key, State> requests = new HashMap<>();
    private final Map<String, Long> broken = new TreeMap<>();
    private final Map<String, Integer> variants = new HashMap<>();
    private long rows;

    private FeedbackLog() {}

    /**
     * What a log holds.
     *
     * @param variants feedback by variant
     * @param rows that are not blank, broken ones among them
     * @param broken rows that could not be used, by their fault
     * @param paired feedback on the requests that the baseline answered too, by variant; empty without a baseline
     */
    public record Summary(
            Map<String, VariantFeedback> variants,
            long rows,
            Map<String, Long> broken,
            Map<String, PairedFeedback> paired) {}

    /** A request of a variant, as 128 bits of a hash. */
    private record Key(int variant, long high, long low) {}

    /** What is known of one request. */
    private static final class State {
        private @Nullable Boolean up;
        private float rating = Float.NaN;
        private float edit = Float.NaN;

        /** Thumbs as 1 or 0, rating and edit; NaN for what is not known. */
        double[] values() {
            return new double[] {up == null ? Double.NaN : up ? 1 : 0, rating, edit};
        }
    }

    /**
     * Reads files as one log, in their order.
     *
     * @param baseline variant whose requests are paired with those of the others; {@code null} for none
     * @throws ScoringException when one cannot be read, they have more requests or variants than are held, or have no baseline of
     *     that name
     */
    public static Summary read(List<Path> files, @Nullable String baseline) {
        FeedbackLog log = new FeedbackLog();
        for (Path file : files) {
            try (Reader reader =
                    new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
                if (String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".csv")) {
                    log.addCsv(reader);
                } else {
                    log.add(reader);
                }
            } catch (IOException e) {
                throw new ScoringException("feedback " + file + " cannot be read: " + e, e);
            }
        }
        return log.summary(baseline);
    }

    /**
     * Reads rows; the reader is left open.
     *
     * @param baseline variant whose requests are paired with those of the others; {@code null} for none
     * @throws ScoringException when there are more requests or variants than are held, or no baseline of that name
     */
    public static Summary read(Reader reader, @Nullable String baseline) throws IOException {
        FeedbackLog log = new FeedbackLog();
        log.add(reader);
        return log.summary(baseline);
    }

    private void add(Reader reader) throws IOException {
        StringBuilder line = new StringBuilder();
        boolean tooLong = false;
        for (int c = reader.read(); c >= 0; c = reader.read()) {
            if (c == '\n') {
                add(line, tooLong);
                line.setLength(0);
                tooLong = false;
            } else if (line.length() < LONGEST_LINE) {
                line.append((char) c);
            } else {
                tooLong = true;
            }
        }
        add(line, tooLong);
    }

    /** A row whose cells are not those of the heading costs itself; a text that never ends, or is too long, the rest of the file. */
    private void addCsv(Reader reader) throws IOException {
        try (MappingIterator<Map<String, String>> cells = CSV.readerForMapOf(String.class)
                .with(CsvSchema.emptySchema().withHeader())
                .readValues(reader)) {
            while (true) {
                try {
                    if (!cells.hasNextValue()) {
                        return;
                    }
                    Map<String, String> row = cells.nextValue();
                    rows++;
                    add(FeedbackRow.of(row));
                } catch (BrokenRowException e) {
                    broken.merge(e.reason(), 1L, Long::sum);
                } catch (CsvReadException e) {
                    rows++;
                    broken.merge("cells other than those of the heading", 1L, Long::sum);
                }
            }
        }
    }

    private void add(CharSequence line, boolean tooLong) {
        String text = line.toString();
        if (text.isBlank() && !tooLong) {
            return;
        }
        rows++;
        try {
            if (tooLong) {
                throw new BrokenRowException("more than " + LONGEST_LINE + " characters");
            }
            add(FeedbackRow.parse(text));
        } catch (BrokenRowException e) {
            broken.merge(e.reason(), 1L, Long::sum);
        }
    }

    private void add(FeedbackRow row) {
        Integer variant = variants.computeIfAbsent(row.variant(), absent -> variants.size());
        if (variants.size() > MOST_VARIANTS) {
            throw new ScoringException("the feedback names more than " + MOST_VARIANTS
                    + " variants. Is field variant or model really that of a variant?");
        }
        State state = requests.computeIfAbsent(key(variant, row.request()), absent -> new State());
        if (requests.size() > MOST_REQUESTS) {
            throw new ScoringException(
                    "the feedback has more than " + MOST_REQUESTS + " requests. Give logs of a shorter time.");
        }
        row.thumbs().ifPresent(up -> state.up = up);
        row.rating().ifPresent(rating -> state.rating = (float) rating);
        row.edit().ifPresent(edit -> state.edit = (float) edit);
    }

    private static Key key(int variant, String request) {
        try {
            ByteBuffer hash = ByteBuffer.wrap(
                    MessageDigest.getInstance("SHA-256").digest(request.getBytes(StandardCharsets.UTF_8)));
            return new Key(variant, hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private Summary summary(@Nullable String baseline) {
        Map<Integer, Sums> sums = new HashMap<>();
        requests.forEach((key, state) ->
                sums.computeIfAbsent(key.variant(), absent -> new Sums()).add(state));
        Map<String, VariantFeedback> feedback = new TreeMap<>();
        variants.forEach((name, number) ->
                Optional.ofNullable(sums.get(number)).ifPresent(sum -> feedback.put(name, sum.feedback())));
        return new Summary(feedback, rows, broken, baseline == null ? Map.of() : paired(baseline));
    }

    private Map<String, PairedFeedback> paired(String baseline) {
        Integer number = variants.get(baseline);
        if (number == null) {
            throw new ScoringException("the feedback has no variant '" + baseline + "'; it has " + variants.keySet());
        }
        Map<Integer, PairedFeedback.Collector> pairs = new HashMap<>();
        requests.forEach((key, state) -> {
            State before = requests.get(new Key(number, key.high(), key.low()));
            if (key.variant() != number && before != null) {
                pairs.computeIfAbsent(key.variant(), absent -> new PairedFeedback.Collector())
                        .add(state.values(), before.values());
            }
        });
        Map<String, PairedFeedback> paired = new TreeMap<>();
        variants.forEach((name, other) ->
                Optional.ofNullable(pairs.get(other)).ifPresent(pair -> paired.put(name, pair.paired())));
        return paired;
    }

    /** Sums over the requests of one variant. */
    private static final class Sums {
        private long requests;
        private long responded;
        private long up;
        private long down;
        private long rated;
        private double ratingSum;
        private double ratingSquares;
        private long edits;
        private double editSum;
        private double editSquares;

        void add(State state) {
            boolean rating = !Float.isNaN(state.rating);
            boolean edit = !Float.isNaN(state.edit);
            requests++;
            responded += state.up != null || rating || edit ? 1 : 0;
            up += Boolean.TRUE.equals(state.up) ? 1 : 0;
            down += Boolean.FALSE.equals(state.up) ? 1 : 0;
            rated += rating ? 1 : 0;
            ratingSum += rating ? state.rating : 0;
            ratingSquares += rating ? (double) state.rating * state.rating : 0;
            edits += edit ? 1 : 0;
            editSum += edit ? state.edit : 0;
            editSquares += edit ? (double) state.edit * state.edit : 0;
        }

        VariantFeedback feedback() {
            return new VariantFeedback(
                    requests, responded, up, down, rated, ratingSum, ratingSquares, edits, editSum, editSquares);
        }
    }
}
