package dev.weighbridge.gateway;

import java.util.Map;

/**
 * What stands between clients and a server. A gateway asks its stages in their order before the server, and in the opposite order
 * about its answer; a stage that answers at once keeps those behind it and the server from being asked, and its answer goes
 * through the stages before it. Stages are asked by many threads at once and may block.
 */
public interface Stage {
    /** Name and settings in short, for counters and manifests. */
    String id();

    /** Everything that its behaviour depends on, as a line of text. */
    String description();

    /** Looks at a call before the server does. */
    Before before(Call call, Passage passage);

    /** Whether {@link #after} is to be asked; where no stage is, answers go through byte for byte. */
    boolean seesAnswers(Call call);

    /** A filter for one text of the answer to a call: the content of one choice, its reasoning, or the arguments of a tool. */
    AnswerFilter after(Call call, Passage passage);

    /** What was counted so far, as values of JSON. */
    Map<String, Object> counters();
}
