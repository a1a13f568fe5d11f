package dev.weighbridge.load.trace;

import dev.weighbridge.api.load.ArrivalPattern;
import dev.weighbridge.api.load.Arrivals;
import dev.weighbridge.api.load.Settings;
import dev.weighbridge.api.load.TokenLength;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Open loop: the arrivals of a recorded trace, with the lengths of its prompts and answers.
 *
 * @param file of a form that {@link TraceFormat} knows
 * @param start time into the trace at which the replay begins
 * @param speed 1 replays as it was, 2 twice as fast
 * @param lengthScale factor of all lengths; none becomes less than one token
 * @param mostPromptTokens longer prompts are cut to so many
 * @param mostOutputTokens longer answers are cut to so many
 * @param prefixHashes whether prompts share the prefixes that the trace says they did, where it says so
 */
public record Trace(
        Path file,
        Duration start,
        double speed,
        double lengthScale,
        int mostPromptTokens,
        int mostOutputTokens,
        boolean prefixHashes)
        implements ArrivalPattern {
    private static final String ID = "trace";
    private static final int LONGEST_LINE = 1 << 20;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String description() {
        return "trace " + file.getFileName() + " from " + start.toSeconds() + " s on"
                + (speed == 1 ? "" : ", " + speed + " times as fast")
                + (prefixHashes ? "" : ", without its prefixes");
    }

    @Override
    public boolean openLoop() {
        return true;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException also when the file cannot be read, naming the line
     */
    @Override
    public Arrivals arrivals(Duration horizon, long seed) {
        List<TraceFormat.Entry> entries = read(horizon);
        long[] starts = new long[entries.size()];
        int[] prompts = new int[starts.length];
        int[] outputs = new int[starts.length];
        for (int i = 0; i < starts.length; i++) {
            TraceFormat.Entry entry = entries.get(i);
            starts[i] = entry.nanos();
            prompts[i] = scaled(entry.promptTokens(), mostPromptTokens);
            outputs[i] = scaled(entry.outputTokens(), mostOutputTokens);
        }
        return new Arrivals(starts, false, 0, Optional.of(new Arrivals.Lengths(prompts, outputs, blocks(entries))));
    }

    /** Scaled as the lengths are; a prompt that is cut loses its last blocks. */
    private Optional<Arrivals.Blocks> blocks(List<TraceFormat.Entry> entries) {
        if (!prefixHashes || entries.stream().allMatch(entry -> entry.blocks().length == 0)) {
            return Optional.empty();
        }
        int tokens = (int) Math.max(1, Math.round(TraceFormat.BLOCK_TOKENS * lengthScale));
        return Optional.of(new Arrivals.Blocks(
                entries.stream().map(TraceFormat.Entry::blocks).toArray(int[][]::new), tokens));
    }

    private int scaled(int tokens, int most) {
        return (int) Math.max(1, Math.min(most, Math.round(tokens * lengthScale)));
    }

    /** Those within the horizon, with times of the replay. */
    private List<TraceFormat.Entry> read(Duration horizon) {
        List<TraceFormat.Entry> entries = new ArrayList<>();
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            TraceFormat.Lines format = null;
            long first = 0;
            long before = Long.MIN_VALUE;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.length() > LONGEST_LINE) {
                    throw new IllegalArgumentException("has " + line.length() + " characters");
                }
                if (line.isBlank()) {
                    continue;
                }
                boolean head = format == null;
                if (format == null) {
                    format = TraceFormat.of(line);
                    if (format.hasHeader()) {
                        continue;
                    }
                }
                TraceFormat.Entry entry = format.entry(line);
                first = head || before == Long.MIN_VALUE ? entry.nanos() : first;
                if (entry.nanos() < before) {
                    throw new IllegalArgumentException("is earlier than the line before it");
                }
                before = entry.nanos();
                double at = (entry.nanos() - first - start.toNanos()) / speed;
                if (at >= horizon.toNanos()) {
                    break;
                }
                if (at >= 0) {
                    entries.add(new TraceFormat.Entry(
                            (long) at, entry.promptTokens(), entry.outputTokens(), entry.blocks()));
                }
                if (entries.size() > MOST_SESSIONS) {
                    throw new IllegalArgumentException(
                            "is the " + MOST_SESSIONS + "th request, more than one client can hold");
                }
            }
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ":" + (number + 1) + ": is no UTF-8", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("trace " + file + " cannot be read: " + e, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ":" + number + ": " + e.getMessage(), e);
        }
        return entries;
    }

    /** Reads it. */
    public static final class Reader implements Kind {
        private static final double LEAST_FACTOR = 1e-6;
        private static final double MOST_FACTOR = 1e6;

        @Override
        public String id() {
            return ID;
        }

        @Override
        public String example() {
            return "{file: trace.csv, start: 0s, speed: 1}";
        }

        @Override
        public ArrivalPattern read(Settings settings) {
            Path file = settings.file("file");
            if (!Files.isRegularFile(file)) {
                settings.problem("file", "names " + file + ", which does not exist");
            }
            return new Trace(
                    file,
                    settings.duration("start", Duration.ZERO),
                    settings.number("speed", 1.0, LEAST_FACTOR, MOST_FACTOR),
                    settings.number("length-scale", 1.0, LEAST_FACTOR, MOST_FACTOR),
                    settings.whole("most-prompt-tokens", TokenLength.MOST_TOKENS, 1, TokenLength.MOST_TOKENS),
                    settings.whole("most-output-tokens", TokenLength.MOST_TOKENS, 1, TokenLength.MOST_TOKENS),
                    settings.flag("prefix-hashes", true));
        }
    }
}
