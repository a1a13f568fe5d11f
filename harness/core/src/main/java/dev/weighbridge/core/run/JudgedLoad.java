package dev.weighbridge.core.run;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.load.Disturbance;
import dev.weighbridge.analysis.load.LoadFigures;
import dev.weighbridge.analysis.load.LoadJudgement;
import dev.weighbridge.analysis.load.PromptLengths;
import dev.weighbridge.analysis.load.Window;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
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
     */
    public record Target(Endpoint endpoint, List<Long> processes, Optional<String> device, String metricsPath) {}

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
     * @param requests takes every request as it ends
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
            LoadGenerator.Sink requests,
            Consumer<List<TelemetrySample>> telemetry) {
        long start = scenario.warmUp().toNanos();
        LoadFigures figures =
                new LoadFigures(new Window(start, start + scenario.duration().toNanos()), objectives);
        TelemetryRecorder recorder = TelemetryRecorder.start(
                target.processes(),
                target.device(),
                Optional.of(ServerMetrics.start(target.endpoint(), target.metricsPath())));
        LoadGenerator.LoadRun run;
        try (recorder) {
            run = generator.run(target.endpoint(), scenario, report, timing -> {
                requests.accept(timing);
                figures.add(timing);
            });
        } finally {
            telemetry.accept(recorder.samples());
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
                baseline == null ? null : baseline.trial());
        Disturbance disturbance = new Disturbance(recorder.samples(), circumstances, tightestMillis(objectives));
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

    private static @Nullable Double tightestMillis(Manifest.Objectives objectives) {
        return Stream.of(objectives.ttftMillis(), objectives.tpotMillis(), objectives.e2eMillis())
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }
}
