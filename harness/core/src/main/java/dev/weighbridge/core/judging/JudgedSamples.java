package dev.weighbridge.core.judging;

import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.JudgedTask.Counts;
import dev.weighbridge.results.JudgementRecord;
import dev.weighbridge.results.JudgementRecord.Order;
import dev.weighbridge.results.JudgementRecord.Question;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.scoring.judge.JudgeReply;
import dev.weighbridge.scoring.judge.PairJudgement;
import dev.weighbridge.scoring.judge.Verdict;
import dev.weighbridge.scoring.judge.WinRate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What one judge said of the answers of one variant, by sample. Replies are read again, so that a better reader of verdicts changes
 * figures without a judge.
 */
final class JudgedSamples {
    private final String variant;
    private final @Nullable String baseline;
    private final Map<Question, Sample> samples = new LinkedHashMap<>();

    JudgedSamples(Question any) {
        this.variant = any.variant();
        this.baseline = any.baseline();
    }

    /** What came of one question. */
    private record Reading(boolean replied, Optional<Verdict> verdict, OptionalDouble grade, boolean failed) {}

    /** A sample with what came of each of its questions. */
    static final class Sample {
        private final Question about;
        private final Map<Order, Reading> readings = new EnumMap<>(Order.class);

        private Sample(Question about) {
            this.about = about;
        }

        Question about() {
            return about;
        }

        String cluster() {
            return about.cluster();
        }

        /** Whether both answers are the same. */
        boolean identical() {
            Reading unasked = readings.get(Order.UNASKED);
            return unasked != null && !unasked.failed();
        }

        /** Whether a side has no answer. */
        boolean unanswered() {
            Reading unasked = readings.get(Order.UNASKED);
            return unasked != null && unasked.failed();
        }

        /** The verdicts of both orders; empty where nothing was asked, or one order is still to be. */
        Optional<PairJudgement> pair() {
            Reading straight = readings.get(Order.STRAIGHT);
            Reading swapped = readings.get(Order.SWAPPED);
            return straight == null || swapped == null
                    ? Optional.empty()
                    : Optional.of(new PairJudgement(straight.verdict(), swapped.verdict()));
        }

        /** Which answer is better, not by place; empty where no verdict can be read. */
        Optional<Verdict> verdict() {
            return identical() ? Optional.of(Verdict.TIE) : pair().flatMap(PairJudgement::verdict);
        }

        OptionalDouble grade() {
            Reading alone = readings.get(Order.ALONE);
            return alone == null ? OptionalDouble.empty() : alone.grade();
        }
    }

    String variant() {
        return variant;
    }

    @Nullable
    String baseline() {
        return baseline;
    }

    void add(JudgementRecord row) {
        Question about = row.about();
        String reply = row.reply();
        boolean pairs = row.judge().kind() == Judge.Kind.PAIRS;
        samples.computeIfAbsent(about.in(Order.UNASKED, null), Sample::new)
                .readings
                .put(
                        about.order(),
                        new Reading(
                                reply != null,
                                reply == null || !pairs ? Optional.empty() : JudgeReply.verdict(reply),
                                reply == null || pairs ? OptionalDouble.empty() : JudgeReply.rating(reply),
                                row.failure() != null));
    }

    List<Sample> samples() {
        return new ArrayList<>(samples.values());
    }

    /** Sources of the samples of all replies, by whether they have a verdict or grade. */
    private Map<Boolean, List<String>> replies() {
        Map<Boolean, List<String>> sources = new LinkedHashMap<>();
        for (Sample sample : samples.values()) {
            for (Reading reading : sample.readings.values()) {
                if (reading.replied()) {
                    boolean readable =
                            reading.verdict().isPresent() || reading.grade().isPresent();
                    sources.computeIfAbsent(readable, absent -> new ArrayList<>())
                            .add(sample.cluster());
                }
            }
        }
        return sources;
    }

    /** Questions that were asked and got no reply. */
    private long failed() {
        return samples.values().stream()
                .flatMap(sample -> sample.readings.entrySet().stream())
                .filter(entry ->
                        entry.getKey() != Order.UNASKED && entry.getValue().failed())
                .count();
    }

    /** Share of replies without a verdict or grade; empty without a reply. */
    Optional<Measurement> unreadable() {
        ClusteredShare share = new ClusteredShare();
        replies().forEach((readable, sources) -> sources.forEach(source -> share.add(!readable, source)));
        return share.measurement(JudgedTask.UNREADABLE);
    }

    /** What became of the samples. */
    Counts counts(WinRate rate, long inconsistent) {
        Map<Boolean, List<String>> replies = replies();
        long readable = replies.getOrDefault(true, List.of()).size();
        long unreadable = replies.getOrDefault(false, List.of()).size();
        return new Counts(
                samples.size(),
                rate.wins(),
                rate.ties(),
                rate.losses(),
                inconsistent,
                samples.values().stream().filter(Sample::identical).count(),
                samples.values().stream().filter(Sample::unanswered).count(),
                readable + unreadable,
                unreadable,
                failed());
    }
}
