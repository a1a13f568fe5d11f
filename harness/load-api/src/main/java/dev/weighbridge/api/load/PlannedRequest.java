package dev.weighbridge.api.load;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request before it is sent.
 *
 * @param session number of the session that it belongs to, from 0
 * @param turn number within the session, from 0
 * @param offsetNanos from what sets its user free to its intended start: the beginning of the session, or the end of the answer
 *     before
 * @param messages of the conversation so far, the question last; at least one
 * @param prompt number of the prompt; two requests with the same number send the same question
 * @param tokens that the answer is to have, or may have at most
 * @param exactly whether it is to have just so many
 * @param requestClass name of its kind in a mixed load, or {@code null} where there is one kind
 * @param cancellation when its client hangs up; empty when it waits for the end
 */
public record PlannedRequest(
        int session,
        int turn,
        long offsetNanos,
        List<Message> messages,
        int prompt,
        int tokens,
        boolean exactly,
        @Nullable String requestClass,
        Optional<Cancellation> cancellation) {
    public PlannedRequest {
        messages = List.copyOf(messages);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("request " + turn + " of session " + session + " asks nothing");
        }
    }

    /** The conversation as one text, for servers that continue texts: what was said, line by line. */
    public String text() {
        if (messages.size() == 1) {
            return messages.get(0).text();
        }
        StringBuilder text = new StringBuilder();
        for (Message message : messages) {
            text.append(text.isEmpty() ? "" : "\n").append(message.text());
        }
        return text.toString();
    }
}
