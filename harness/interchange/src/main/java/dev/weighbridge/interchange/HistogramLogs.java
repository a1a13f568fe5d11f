package dev.weighbridge.interchange;

import dev.weighbridge.results.HistogramLog;
import dev.weighbridge.results.InvalidResultException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/** HdrHistogram logs merged into one, such as those of several injectors or of several trials. Values are kept as they are. */
public final class HistogramLogs {
    private static final int DIGITS = 3;

    private final Histogram merged;

    private HistogramLogs(Histogram merged) {
        this.merged = merged;
    }

    /**
     * Takes all intervals of all files.
     *
     * @throws InvalidResultException when a file is missing or holds no histogram
     */
    public static HistogramLogs merge(List<Path> files) {
        Histogram merged = new Histogram(DIGITS);
        merged.setAutoResize(true);
        for (Path file : files) {
            long before = merged.getTotalCount();
            int intervals = 0;
            try (HistogramLogReader reader = new HistogramLogReader(file.toFile())) {
                EncodableHistogram interval = reader.nextIntervalHistogram();
                while (interval != null) {
                    if (interval instanceof Histogram histogram) {
                        merged.add(histogram);
                        intervals++;
                    }
                    interval = reader.nextIntervalHistogram();
                }
            } catch (IOException | RuntimeException e) {
                throw new InvalidResultException(file + " is no histogram log: " + e, e);
            }
            if (intervals == 0 && merged.getTotalCount() == before) {
                throw new InvalidResultException(file + " holds no histogram");
            }
        }
        return new HistogramLogs(merged);
    }

    /** How many values there are. */
    public long count() {
        return merged.getTotalCount();
    }

    /** The value that so many percent of all are at most, in the unit of the logs. */
    public long percentile(double percent) {
        return merged.getValueAtPercentile(percent);
    }

    /** Writes them as a log of one interval. */
    public void write(Path file) {
        try {
            HistogramLog.write(merged, file);
        } catch (IOException e) {
            throw new InvalidResultException("cannot write " + file + ": " + e, e);
        }
    }
}
