package dev.weighbridge.datasets.contamination;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the samples of a task in training text. The samples' runs of words or characters are kept as 64-bit hashes; the text
 * is read once, in memory that does not grow with it.
 *
 * <p>A run may count as seen by a chance of hashes, about (runs looked for) × (runs read) / 2^64 times in all: for ten million
 * runs of samples in a hundred billion words, one time in twenty such comparisons; {@link Report#expectedFalse} gives it for the
 * text that was read.
 */
public final class Contamination {
    private final Overlap overlap;
    private final List<Sample> samples;
    private final GramTable table;
    private final GramScanner scanner;
    private final long[] read = new long[2];

    /**
     * What is looked for of a sample.
     *
     * @param id of the sample
     * @param texts of it; no run goes over from one to the next
     */
    public record Sample(String id, List<String> texts) {
        public Sample {
            texts = List.copyOf(texts);
        }

        /** All texts of the rows that the samples were made of: questions, answers and whatever else stands there. */
        public static List<Sample> ofRows(TaskSet task) {
            return task.samples().stream()
                    .map(sample -> {
                        List<String> texts = new ArrayList<>();
                        collect(sample.row(), texts);
                        return texts.isEmpty() ? ofPrompt(sample) : new Sample(sample.id(), texts);
                    })
                    .toList();
        }

        /** The prompts as a model sees them, with each target and choice after them as a text of its own. */
        public static List<Sample> ofPrompts(TaskSet task) {
            return task.samples().stream().map(Sample::ofPrompt).toList();
        }

        private static Sample ofPrompt(TaskSet.Sample sample) {
            List<String> texts = new ArrayList<>(List.of(sample.prompt()));
            texts.addAll(sample.targets());
            texts.addAll(sample.choices());
            return new Sample(sample.id(), texts);
        }

        private static void collect(@Nullable Object value, List<String> texts) {
            if (value instanceof String text) {
                texts.add(text);
            } else if (value instanceof Map<?, ?> map) {
                map.values().forEach(own -> collect(own, texts));
            } else if (value instanceof List<?> list) {
                list.forEach(own -> collect(own, texts));
            }
        }
    }

    /**
     * What was found of a sample.
     *
     * @param id of the sample
     * @param runs in it, of the overlap's length
     * @param seen of its runs
     * @param longest stretch of the sample whose runs were all seen, in words or characters; perhaps not in one place
     */
    public record Finding(String id, int runs, int seen, int longest) {
        /** Share of its runs that were seen, from 0 to 1; 0 when it is too short to have one. */
        public double share() {
            return runs == 0 ? 0 : (double) seen / runs;
        }
    }

    /**
     * What was found.
     *
     * @param overlap that was looked for
     * @param findings of all samples, in their order
     * @param lookedFor different runs
     * @param textsRead texts of the training text
     * @param runsRead runs of the training text
     */
    public record Report(Overlap overlap, List<Finding> findings, long lookedFor, long textsRead, long runsRead) {
        public Report {
            findings = List.copyOf(findings);
        }

        /**
         * Ids of samples of which at least a share was seen. GPT-3's report calls a sample dirty by one run (share 0 here);
         * Llama 2's calls it not clean from 0.2 and dirty from 0.8 (arXiv 2307.09288, appendix A.6, by tokens).
         *
         * @param share from 0 to 1; at least one run must be seen whatever it is
         */
        public List<String> contaminated(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new DataException(
                        "the share from which a sample is contaminated must be from 0 to 1, got: " + share);
            }
            return findings.stream()
                    .filter(finding -> finding.seen > 0 && finding.share() >= share)
                    .map(Finding::id)
                    .toList();
        }

        /** Ids of samples that are too short to say anything of. */
        public List<String> tooShort() {
            return findings.stream()
                    .filter(finding -> finding.runs == 0)
                    .map(Finding::id)
                    .toList();
        }

        /** Runs that count as seen by chance alone, expected number. */
        public double expectedFalse() {
            return (double) lookedFor * runsRead / 0x1p64;
        }
    }

    /**
     * Prepares to look for samples.
     *
     * @throws DataException when they are more than can be kept
     */
    public Contamination(List<Sample> samples, Overlap overlap) {
        this.overlap = overlap;
        this.samples = List.copyOf(samples);
        long[] count = {0};
        scan(hash -> count[0]++);
        table = new GramTable(count[0]);
        scan(table::add);
        scanner = new GramScanner(overlap, hash -> {
            read[1]++;
            table.see(hash);
        });
    }

    private void scan(LongConsumer grams) {
        GramScanner own = new GramScanner(overlap, grams);
        for (Sample sample : samples) {
            scan(own, sample);
        }
    }

    private static void scan(GramScanner scanner, Sample sample) {
        for (String text : sample.texts) {
            scanner.text(text);
            scanner.end();
        }
    }

    /** Reads a training text. */
    public void read(String text) {
        scanner.text(text);
        end();
    }

    void part(char[] chars, int count) {
        scanner.text(chars, 0, count);
    }

    void end() {
        scanner.end();
        read[0]++;
    }

    /**
     * Reads a training text from a file, or from all files of a folder and the folders in it.
     *
     * @param field of each row that is the text, in files of rows; a text file is one text
     * @return files that are of no format that is read, which were left out
     * @throws DataException when a file cannot be read, or no row of it has that field
     */
    public List<Path> read(Path path, String field) {
        return new TrainingText(this, field).read(path);
    }

    /** What was found up to now. */
    public Report report() {
        List<Finding> findings = new ArrayList<>();
        for (Sample sample : samples) {
            Stretch stretch = new Stretch();
            GramScanner own = new GramScanner(overlap, stretch);
            for (String text : sample.texts) {
                own.text(text);
                own.end();
                stretch.now = 0;
            }
            int longest = stretch.longest == 0 ? 0 : stretch.longest + overlap.length() - 1;
            findings.add(new Finding(sample.id, stretch.runs, stretch.seen, longest));
        }
        return new Report(overlap, findings, table.size(), read[0], read[1]);
    }

    /** Counts the runs of a sample that were seen. */
    private final class Stretch implements LongConsumer {
        private int runs;
        private int seen;
        private int now;
        private int longest;

        @Override
        public void accept(long hash) {
            runs++;
            if (table.seen(hash)) {
                seen++;
                now++;
                longest = Math.max(longest, now);
            } else {
                now = 0;
            }
        }
    }
}
