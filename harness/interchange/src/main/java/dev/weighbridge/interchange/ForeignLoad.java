package dev.weighbridge.interchange;

import dev.weighbridge.api.load.RequestTiming;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One load that another tool offered, in this project's terms.
 *
 * @param tool that offered it, with its version where the file tells it, for example {@code GuideLLM 0.8.1}
 * @param model name that it was served under; {@code null} where the file does not tell
 * @param name of the load, for example {@code poisson-20}
 * @param openLoop whether requests were sent by a schedule, whatever the server did
 * @param startedAt ISO-8601 instant; {@code null} where the file does not tell
 * @param steadyStartNanos start of the span that the tool measured, on the clock of the requests, whose start is 0
 * @param steadyEndNanos its end
 * @param requests in the order in which they were to be sent
 * @param refused figures that cannot be had exactly from the file, by their definition's id, with the reason
 */
public record ForeignLoad(
        String tool,
        @Nullable String model,
        String name,
        boolean openLoop,
        @Nullable String startedAt,
        long steadyStartNanos,
        long steadyEndNanos,
        List<RequestTiming> requests,
        Map<String, String> refused) {
    public ForeignLoad {
        requests = List.copyOf(requests);
        refused = Map.copyOf(refused);
    }
}
