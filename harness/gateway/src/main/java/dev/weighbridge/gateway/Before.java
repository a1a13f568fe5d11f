package dev.weighbridge.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What a stage makes of a call. */
public sealed interface Before {
    /**
     * The call goes on, changed or not.
     *
     * @param call that goes on
     */
    record Go(Call call) implements Before {}

    /**
     * The stage answers itself, every choice alike.
     *
     * @param text of each choice
     * @param finishReason of each choice, for example {@code stop} or {@code content_filter}
     * @param tokens that each choice counts; 0 where no model wrote it
     */
    record Answer(String text, String finishReason, int tokens) implements Before {
        /** An answer that no model wrote. */
        public Answer(String text, String finishReason) {
            this(text, finishReason, 0);
        }
    }

    /**
     * The call is refused.
     *
     * @param status of HTTP
     * @param body of the answer, an object with {@code error} as the OpenAI API has it
     */
    record Refuse(int status, ObjectNode body) implements Before {}
}
