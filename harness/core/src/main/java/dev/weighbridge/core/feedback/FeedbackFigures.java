package dev.weighbridge.core.feedback;

import dev.weighbridge.analysis.accuracy.PairedScores;
import dev.weighbridge.analysis.statistics.Confidence;
import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.analysis.statistics.UnpairedDifference;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.FileHash;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.UserFeedback;
import dev.weighbridge.results.UserFeedback.Difference;
import dev.weighbridge.results.UserFeedback.Score;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.feedback.FeedbackLog;
import dev.weighbridge.scoring.feedback.PairedFeedback;
import dev.weighbridge.scoring.feedback.VariantFeedback;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Figures of users' feedback by variant. A difference is one on requests that both variants answered where at least half of the
 * feedback of the side with less is on such requests; else it is one of independent samples.
 */
public final class FeedbackFigures {
    private static final int FEW = 30;
    private static final double RATINGS = 4;

    private final Map<String, VariantFeedback> variants;
    private final Map<String, PairedFeedback> paired;
    private final @Nullable String baseline;

    private FeedbackFigures(FeedbackLog.Summary summary, @Nullable String baseline) {
        this.variants = summary.variants();
        this.paired = summary.paired();
        this.baseline = baseline;
    }

    /** A kind of feedback of one variant. */
    private record Kind(String name, long n, double mean, double variance, double lowest, double highest) {}

    /**
     * Reads logs and computes their figures.
     *
     * @param baseline variant that the others are held against, or {@code null}
     * @throws ConfigException when a log cannot be read, none has a usable row, or they have no such variant
     */
    public static UserFeedback read(List<Path> logs, @Nullable String baseline) {
        for (Path log : logs) {
            if (!Files.isRegularFile(log)) {
                throw new ConfigException("feedback " + log + " is not a file");
            }
        }
        FeedbackLog.Summary summary;
        try {
            summary = FeedbackLog.read(logs, baseline);
        } catch (ScoringException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
        if (summary.variants().isEmpty()) {
            throw new ConfigException("of " + summary.rows() + " rows none is feedback: " + summary.broken()
                    + ". A row is a line such as {\"request\": \"17\", \"variant\": \"int8\", \"thumbs\": \"up\"}.");
        }
        FeedbackFigures figures = new FeedbackFigures(summary, baseline);
        List<UserFeedback.ByVariant> variants = new ArrayList<>();
        summary.variants()
                .forEach((name, feedback) -> variants.add(new UserFeedback.ByVariant(
                        name,
                        feedback.requests(),
                        Proportion.measurement("response_rate", "", feedback.responded(), feedback.requests()),
                        figures.scores(name, feedback))));
        return new UserFeedback(
                UserFeedback.SCHEMA_VERSION,
                logs.stream()
                        .map(file -> new UserFeedback.Log(String.valueOf(file.getFileName()), FileHash.of(file)))
                        .toList(),
                summary.rows(),
                summary.broken(),
                baseline,
                variants);
    }

    private List<Score> scores(String variant, VariantFeedback feedback) {
        List<Score> scores = new ArrayList<>();
        if (feedback.up() + feedback.down() > 0) {
            Measurement share =
                    Proportion.measurement(UserFeedback.THUMBS_UP, "", feedback.up(), feedback.up() + feedback.down());
            scores.add(new Score(share, feedback.leastThumbsUp(), feedback.mostThumbsUp(), thumbs(variant, feedback)));
        }
        if (feedback.rated() > 0) {
            scores.add(new Score(
                    mean(rating(feedback)),
                    feedback.leastMeanRating(),
                    feedback.mostMeanRating(),
                    difference(variant, rating(feedback), pairs(variant).map(PairedFeedback::ratings))));
        }
        if (feedback.edits() > 0) {
            Kind edits = similarity(feedback);
            double sum = edits.n() * edits.mean();
            double silent = feedback.requests() - feedback.edits();
            scores.add(new Score(
                    mean(edits),
                    sum / feedback.requests(),
                    (sum + silent) / feedback.requests(),
                    difference(variant, edits, pairs(variant).map(pair -> similar(pair.edits())))));
        }
        return scores;
    }

    private static Kind rating(VariantFeedback feedback) {
        return new Kind(
                UserFeedback.RATING,
                feedback.rated(),
                feedback.meanRating(),
                feedback.ratingVariance(),
                1,
                1 + RATINGS);
    }

    private static Kind similarity(VariantFeedback feedback) {
        return new Kind(
                UserFeedback.EDIT_SIMILARITY, feedback.edits(), 1 - feedback.meanEdit(), feedback.editVariance(), 0, 1);
    }

    private static PairedFeedback.Both similar(PairedFeedback.Both edits) {
        return new PairedFeedback.Both(
                Arrays.stream(edits.ours()).map(edit -> 1 - edit).toArray(),
                Arrays.stream(edits.baseline()).map(edit -> 1 - edit).toArray());
    }

    private Optional<PairedFeedback> pairs(String variant) {
        return Optional.ofNullable(paired.get(variant));
    }

    /** Student's interval within what is possible; none of values that are all the same. */
    private static Measurement mean(Kind kind) {
        boolean spread = kind.variance() > 0;
        double half = spread ? Confidence.student((int) (kind.n() - 1)) * Math.sqrt(kind.variance() / kind.n()) : 0;
        return new Measurement(
                kind.name(),
                "",
                kind.name(),
                kind.mean(),
                kind.highest() > 1 ? "" : "1",
                kind.n(),
                spread ? Double.valueOf(Math.max(kind.lowest(), kind.mean() - half)) : null,
                spread ? Double.valueOf(Math.min(kind.highest(), kind.mean() + half)) : null,
                kind.n() < FEW);
    }

    private @Nullable Difference thumbs(String variant, VariantFeedback ours) {
        VariantFeedback theirs = others(variant);
        if (theirs == null || theirs.up() + theirs.down() == 0) {
            return null;
        }
        long n = ours.up() + ours.down();
        long otherN = theirs.up() + theirs.down();
        PairedFeedback.Both both = pairs(variant).map(PairedFeedback::thumbs).orElse(null);
        if (both != null && enough(both, n, otherN)) {
            return paired(UserFeedback.THUMBS_UP, both, 1, "1");
        }
        return unpaired(
                UserFeedback.THUMBS_UP,
                UnpairedDifference.ofShares(ours.up(), n, theirs.up(), otherN),
                Math.min(n, otherN),
                "1");
    }

    private @Nullable Difference difference(String variant, Kind ours, Optional<PairedFeedback.Both> pairs) {
        VariantFeedback feedback = others(variant);
        if (feedback == null) {
            return null;
        }
        Kind theirs = ours.name().equals(UserFeedback.RATING) ? rating(feedback) : similarity(feedback);
        if (theirs.n() == 0) {
            return null;
        }
        String unit = ours.highest() > 1 ? "" : "1";
        if (pairs.isPresent() && enough(pairs.get(), ours.n(), theirs.n())) {
            return paired(ours.name(), pairs.get(), ours.highest() - ours.lowest(), unit);
        }
        return unpaired(
                ours.name(),
                UnpairedDifference.ofMeans(
                        ours.mean(), ours.variance(), ours.n(), theirs.mean(), theirs.variance(), theirs.n()),
                Math.min(ours.n(), theirs.n()),
                unit);
    }

    private @Nullable VariantFeedback others(String variant) {
        return baseline == null || variant.equals(baseline) ? null : variants.get(baseline);
    }

    private static boolean enough(PairedFeedback.Both both, long n, long otherN) {
        return both.n() > 0 && 2L * both.n() >= Math.min(n, otherN);
    }

    private static Difference paired(String name, PairedFeedback.Both both, double range, String unit) {
        PairedScores scores = PairedScores.of(both.ours(), both.baseline(), null, range);
        return new Difference(
                figure(name, scores.difference(), scores.low(), scores.high(), scores.n(), unit), true, scores.p());
    }

    private static Difference unpaired(String name, UnpairedDifference difference, long n, String unit) {
        return new Difference(
                figure(name, difference.difference(), difference.low(), difference.high(), n, unit), false, null);
    }

    private static Measurement figure(
            String name, double value, @Nullable Double low, @Nullable Double high, long n, String unit) {
        boolean bounded = low != null && high != null;
        return new Measurement(
                name + "_difference",
                "",
                name + "_difference",
                value,
                unit,
                n,
                bounded ? low : null,
                bounded ? high : null,
                n < FEW);
    }
}
