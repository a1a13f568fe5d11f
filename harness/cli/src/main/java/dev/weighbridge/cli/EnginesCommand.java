package dev.weighbridge.cli;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.Batching;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.Precision;
import dev.weighbridge.results.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the engines, what they can do, and why one cannot run here. */
@Command(
        name = "engines",
        description = "List the engines, what they can do, and whether they can run here.",
        footer = {"", "Example:", "  weighbridge engines --json"})
final class EnginesCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--json", description = "Print JSON for a script to read.")
    private boolean json;

    EnginesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<EngineProvider> providers = Engines.all();
        if (json) {
            terminal.line(
                    Json.pretty(providers.stream().map(EnginesCommand::facts).toList())
                            .stripTrailing());
            return ExitCode.GOOD;
        }
        for (EngineProvider provider : providers) {
            terminal.line(provider.id() + "  " + availability(provider.probe()));
            terminal.line("  precisions  " + String.join(", ", precisions(provider)));
            terminal.line("  batching    " + String.join(", ", policies(provider)));
            terminal.line("  scoring     " + (provider.capabilities().scores() ? "yes" : "no") + ", logits "
                    + (provider.capabilities().logits() ? "yes" : "no"));
        }
        return ExitCode.GOOD;
    }

    private static Map<String, Object> facts(EngineProvider provider) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("id", provider.id());
        Availability availability = provider.probe();
        facts.put("available", availability instanceof Availability.Available);
        if (availability instanceof Availability.Available available) {
            facts.put("version", available.version());
        } else if (availability instanceof Availability.Unavailable unavailable) {
            facts.put("reason", unavailable.reason());
            facts.put("remedy", unavailable.remedy());
        }
        facts.put("precisions", precisions(provider));
        facts.put("batching", policies(provider));
        facts.put("scores", provider.capabilities().scores());
        facts.put("logits", provider.capabilities().logits());
        return facts;
    }

    static String availability(Availability availability) {
        if (availability instanceof Availability.Available available) {
            return "available, version " + available.version();
        }
        Availability.Unavailable unavailable = (Availability.Unavailable) availability;
        return "not available: " + unavailable.reason() + ". " + unavailable.remedy();
    }

    private static List<String> precisions(EngineProvider provider) {
        List<String> ids = new ArrayList<>();
        for (Precision precision : Precision.values()) {
            if (provider.capabilities().precisions().contains(precision)) {
                ids.add(precision.id());
            }
        }
        return ids;
    }

    private static List<String> policies(EngineProvider provider) {
        List<String> ids = new ArrayList<>();
        for (Batching.Policy policy : Batching.Policy.values()) {
            if (provider.capabilities().batching().contains(policy)) {
                ids.add(policy.id());
            }
        }
        return ids;
    }
}
