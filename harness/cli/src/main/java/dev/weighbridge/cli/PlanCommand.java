package dev.weighbridge.cli;

import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.core.run.Plan;
import dev.weighbridge.core.run.PlannedVariant;
import dev.weighbridge.core.study.StudyFile;
import dev.weighbridge.results.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a study would measure. */
@Command(
        name = "plan",
        description = "Check a study file and show what it would measure; measures nothing.",
        footer = {"", "Example:", "  weighbridge plan harness/studies/quickstart.yaml"})
final class PlanCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "STUDY", description = "Study file.")
    private Path study = Path.of("");

    @Option(names = "--json", description = "Print JSON for a script to read.")
    private boolean json;

    PlanCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Map<String, EngineProvider> providers =
                Engines.all().stream().collect(Collectors.toMap(EngineProvider::id, Function.identity()));
        Plan plan = Plan.of(StudyFile.read(study), providers);
        if (json) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("study", plan.study().name());
            facts.put("baseline", plan.variants().get(0).baseline());
            facts.put(
                    "variants",
                    plan.variants().stream().map(PlannedVariant::variant).toList());
            facts.put("expected_trials", plan.expectedTrials());
            AccuracyOutlook.of(plan.study()).ifPresent(outlook -> facts.put("accuracy", outlook));
            terminal.line(Json.pretty(facts).stripTrailing());
            return ExitCode.GOOD;
        }
        for (PlannedVariant variant : plan.variants()) {
            terminal.line(variant.variant().id()
                    + variant.refusal().map(reason -> "  skipped: " + reason).orElse(""));
        }
        terminal.line(plan.variants().size() + " variants, about " + plan.expectedTrials()
                + " trials before screening, baseline " + plan.baseline());
        AccuracyOutlook.of(plan.study()).ifPresent(outlook -> terminal.line(outlook.sentence()));
        return ExitCode.GOOD;
    }
}
