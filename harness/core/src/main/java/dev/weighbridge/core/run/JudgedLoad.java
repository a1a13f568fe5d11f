package dev.weighbridge.core.run;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.load.Disturbance;
import dev.weighbridge.analysis.load.LoadFigures;
import dev.weighbridge.analysis.load.LoadJudgement;
import dev.weighbridge.analysis.load.PromptLengths;
import dev.weighbridge.analysis.load.Window;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.TokenCounter;
import dev.weighbridge.api.load.Answer;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.RequestObjectives;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.core.telemetry.ServerMetrics;
import dev.weighbridge.core.telemetry.TelemetryRecorder;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.TelemetrySample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A load that was offered with the machine watched, and judged.
 *
 * @param judgement whether its figures count
 * @param measurements of the requests and of the machine
 * @param figures for histograms
 * @param circumstances that the judgement rests on
 */
public record JudgedLoad(
        LoadJudgement judgement, List<Measurement> measurements, LoadFigures figures, Circumstances circumstances) {

    /**
     * Where the load goes.
     *
     * @param endpoint that takes the requests
     * @param processes that compute and serve, where they run on this machine
     * @param device of this machine that it computes on, for example {@code cuda:0}, where that is known
     * @param metricsPath of the server's own metrics, or their whole address
     * @param tokenizer counts the tokens of its answers; empty where only the server does
     */
    public record Target(
            Endpoint endpoint,
            List<Long> processes,
            Optional<String> device,
            String metricsPath,
            Optional<TokenCounter> tokenizer) {}

    /** Hears of a load while it runs, from any thread but never two at once. */
    public interface Progress {
        /** For those who only want the result. */
        Progress UNHEARD = new Progress() {
            @Override
            public void requestEnded() {}

            @Override
            public void loadEnded() {}
        };

        /** A request has ended. */
        void requestEnded();

        /** All requests have ended, or the load has failed; what comes now is written and judged. */
        void loadEnded();
    }

    /**
     * What lengths of answers are held against.
     *
     * @param trial id of the baseline's trial
     * @param lengths of its answers
     */
    public record Baseline(String trial, PromptLengths lengths) {}

    /**
     * Offers the load and judges it.
     *
     * @param ceiling of the client, or {@code null} when it was not measured
     * @param baseline or {@code null} when there is none
     * @param report folder for the generator's own report
     * @param progress hears of the load while it runs
     * @param requests takes every request once the load has ended, also when it failed
     * @param telemetry takes the samples of the machine, also when the load fails
     */
    public static JudgedLoad of(
            LoadGenerator generator,
            Target target,
            LoadScenario scenario,
            Manifest.Objectives objectives,
            @Nullable Ceiling ceiling,
            @Nullable Baseline baseline,
            Path report,
            Progress progress,
            Consumer<RequestTiming> requests,
            Consumer<List<TelemetrySample>> telemetry) {
        long start = scenario.warmUp().toNanos();
        Map<String, RequestObjectives> ofClasses = scenario.workload().objectives();
        LoadFigures figures =
                new LoadFigures(new Window(start, start + scenario.duration().toNanos()), objectives, ofClasses);
        TelemetryRecorder recorder = TelemetryRecorder.start(
                target.processes(),
                target.device(),
                Optional.of(ServerMetrics.start(target.endpoint(), target.metricsPath())));
        LoadScenario offered = target.tokenizer().isPresent() ? scenario.keepingTexts() : scenario;
        LoadGenerator.LoadRun run;
        try (HeldRequests held = HeldRequests.ofThisProcess()) {
            try (recorder) {
                run = generator.run(target.endpoint(), offered, report, timing -> {
                    held.add(timing);
                    progress.requestEnded();
                });
            } finally {
                progress.loadEnded();
                telemetry.accept(recorder.samples());
                held.forEach(timing -> {
                    RequestTiming counted = counted(timing, target.tokenizer());
                    RequestTiming kept = scenario.keepTexts() ? counted : counted.withTexts(null, null);
                    figures.add(kept);
                    requests.accept(kept);
                });
            }
        }
        Circumstances circumstances = new Circumstances(
                run.originNanos(),
                run.steadyStartNanos(),
                run.steadyEndNanos(),
                scenario.arrivals().openLoop(),
                scenario.allowPrefixReuse(),
                scenario.workload().fixedLengths(),
                ceiling == null ? null : ceiling.requestsPerSecond(),
                ceiling == null ? null : ceiling.eventsPerSecond(),
                Runtime.getRuntime().availableProcessors(),
                baseline == null ? null : baseline.trial(),
                ofClasses.isEmpty() ? null : ofClasses);
        Disturbance disturbance =
                new Disturbance(recorder.samples(), circumstances, tightestMillis(objectives, ofClasses));
        LoadJudgement judgement = LoadJudgement.of(
                figures, circumstances, disturbance.judge(), baseline == null ? null : baseline.lengths());
        List<Measurement> measurements = new ArrayList<>(figures.measurements());
        measurements.addAll(disturbance.measurements(measurements.stream()
                .filter(figure -> figure.name().equals(Metric.OUTPUT_RATE.id())
                        && figure.scope().isEmpty())
                .mapToDouble(Measurement::value)
                .findFirst()));
        return new JudgedLoad(judgement, measurements, figures, circumstances);
    }

    /** A text that was cut, or that the tokenizer refuses, is not counted. */
    private static RequestTiming counted(RequestTiming timing, Optional<TokenCounter> tokenizer) {
        String text = timing.text();
        String reasoning = Objects.requireNonNullElse(timing.reasoning(), "");
        if (tokenizer.isEmpty()
                || text == null
                || text.length() >= Answer.MOST_TEXT
                || reasoning.length() >= Answer.MOST_TEXT) {
            return timing;
        }
        try {
            return timing.counted(tokenizer.get().count(text)
                    + (reasoning.isEmpty() ? 0 : tokenizer.get().count(reasoning)));
        } catch (EngineException e) {
            return timing;
        }
    }

    private static @Nullable Double tightestMillis(
            Manifest.Objectives objectives, Map<String, RequestObjectives> ofClasses) {
        return Stream.concat(
                        Stream.of(objectives.ttftMillis(), objectives.tpotMillis(), objectives.e2eMillis()),
                        ofClasses.values().stream()
                                .flatMap(own -> Stream.of(own.ttftMillis(), own.tpotMillis(), own.e2eMillis())))
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }
}
