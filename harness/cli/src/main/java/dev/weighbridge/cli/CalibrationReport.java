package dev.weighbridge.cli;

import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.ClientErrors;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.results.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What this client can do at most on this machine, and how far its stamps are off. */
final class CalibrationReport {
    private static final Duration TIME = Duration.ofSeconds(3);
    private static final Duration TIME_OF_STAMPS = Duration.ofSeconds(9);
    private static final double STREAMS_PER_SECOND = 200;
    private static final double STARTS_PER_SECOND = 500;
    private static final double MICROS = 1e3;

    private final Terminal terminal;
    private final boolean json;

    CalibrationReport(Terminal terminal, boolean json) {
        this.terminal = terminal;
        this.json = json;
    }

    void print(LoadGenerator generator) {
        terminal.note("warming up");
        // Cold code counts as the client's: what comes first is not shown.
        generator.calibrate(TIME, 0);
        terminal.note("measuring the ceiling");
        Ceiling alone = generator.calibrate(TIME, 0);
        Ceiling beside = generator.calibrate(TIME, 1);
        terminal.note("comparing stamps with a server's");
        ClientErrors streams = generator.errors(TIME_OF_STAMPS, STREAMS_PER_SECOND);
        ClientErrors starts = generator.errors(TIME_OF_STAMPS, STARTS_PER_SECOND);
        if (json) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("ceiling_alone", alone);
            facts.put("ceiling_beside_a_busy_thread", beside);
            facts.put("stamps", streams);
            facts.put("starts", starts);
            terminal.line(Json.pretty(facts).stripTrailing());
            return;
        }
        terminal.line(
                "A run is invalid above half of a ceiling; both are lower bounds, since the null server takes its share.");
        ceiling("ceiling, client and null server alone", alone);
        ceiling("ceiling, beside one busy thread", beside);
        errors(streams);
        errors(starts);
    }

    private void ceiling(String what, Ceiling ceiling) {
        terminal.line(String.format(
                Locale.ROOT,
                "%-42s %8.0f requests/s  %9.0f events/s",
                what,
                ceiling.requestsPerSecond(),
                ceiling.eventsPerSecond()));
    }

    private void errors(ClientErrors errors) {
        terminal.line(String.format(
                Locale.ROOT,
                "stamps at %.0f streams/s, against the server's: TTFT p50 %+.0f, p99 %+.0f us; ITL p99 %.0f us; start p50 %.0f,"
                        + " p99 %.0f us; n = %d",
                errors.streamsPerSecond(),
                errors.ttftP50() / MICROS,
                errors.ttftP99() / MICROS,
                errors.itlP99() / MICROS,
                errors.startP50() / MICROS,
                errors.startP99() / MICROS,
                errors.requests()));
    }
}
