package dev.weighbridge.results;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/** An HdrHistogram log of one interval. Values are nanoseconds. */
public final class HistogramLog {
    private HistogramLog() {}

    /**
     * Writes a histogram, replacing an earlier one.
     *
     * @throws IOException when the file cannot be made
     * @throws InvalidResultException when it could not be written to its end
     */
    public static void write(Histogram histogram, Path file) throws IOException {
        try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            HistogramLogWriter writer = new HistogramLogWriter(out);
            writer.outputLogFormatVersion();
            writer.outputComment("[nanoseconds; 3 significant digits]");
            writer.outputLegend();
            writer.outputIntervalHistogram(0.0, 0.0, histogram, 1.0);
            if (out.checkError()) {
                throw new InvalidResultException("cannot write " + file + ": the disk may be full");
            }
        }
    }
}
