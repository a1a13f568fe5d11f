package dev.weighbridge.gateway.guard;

import java.util.List;

/**
 * What a chain of guards says of a text.
 *
 * @param verdict of the chain: the first block, or the text as all masks leave it
 * @param maskedBy guards that masked, in their order; also those before a block
 * @param failed guards that could not judge, in their order
 */
public record Judgement(Verdict verdict, List<String> maskedBy, List<String> failed) {
    public Judgement {
        maskedBy = List.copyOf(maskedBy);
        failed = List.copyOf(failed);
    }
}
