package dev.weighbridge.engines.openai;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.ScoringEngine;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a server shows the likelihoods of a text that it is given, found out by a canary: the token that it generates after a text has
 * the likelihood that it then says, and the same token as a continuation must be given the same. A server that ignores {@code echo},
 * or that shows likelihoods after sampling's changes to them, fails it.
 */
@FunctionalInterface
interface PromptScores {
    /** How far two computations of one likelihood may be apart: batches of another shape and 16-bit weights differ by less. */
    double TOLERANCE = 0.1;

    String CANARY = "The first letters of the alphabet are a, b, c,";

    /** Scores of continuations, in their order. */
    List<ScoringEngine.Score> of(String context, List<String> continuations);

    /**
     * What was found out.
     *
     * @param scores or {@code null} when the server cannot score
     * @param finding for the record
     */
    record Probed(@Nullable PromptScores scores, String finding) {}

    /** Finds out how the server scores, by the plainest way that it takes. */
    static Probed probe(OpenAiClient client) {
        Logger log = LoggerFactory.getLogger(PromptScores.class);
        OpenAiClient.LikelyToken known;
        try {
            known = client.likeliest(CANARY);
            // A server that ignores the wish answers with the generated token alone, whose likelihood is just the one
            // looked for.
            if (!client.echo(CANARY).strip().startsWith(CANARY)) {
                return new Probed(null, "no likelihoods of a given text: the server does not echo it");
            }
        } catch (EngineException e) {
            log.debug("the server gives no likelihoods", e);
            return new Probed(null, "no likelihoods: " + e.getMessage());
        }
        if (known.text().isEmpty()) {
            return new Probed(null, "no likelihoods: the canary's answer is empty");
        }
        PromptScores together = client::score;
        PromptScores alone = (context, continuations) -> continuations.stream()
                .map(continuation -> client.scoreAlone(context, continuation))
                .toList();
        String finding = "";
        for (PromptScores way : List.of(together, alone)) {
            try {
                // Two, since some servers take a list of one prompt only.
                double scored = way.of(CANARY, List.of(known.text(), known.text()))
                        .get(1)
                        .logLikelihood();
                if (Math.abs(scored - known.logLikelihood()) <= TOLERANCE) {
                    return new Probed(way, way == together ? "echo, several at once" : "echo, one at a time");
                }
                finding = "the canary's token has log-likelihood " + known.logLikelihood() + " when generated and "
                        + scored + " when given";
            } catch (EngineException e) {
                finding = String.valueOf(e.getMessage());
            }
        }
        return new Probed(null, "cannot be trusted with likelihoods: " + finding);
    }
}
