package dev.weighbridge.inference.backend;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import java.util.List;

/**
 * What a session may be asked for. Every check throws an {@link EngineException} of category BAD_REQUEST that names the value
 * and what is possible.
 *
 * @param contextLength tokens that a slot holds
 * @param vocabularySize ids from 0 on that a token can have
 */
public record SessionBounds(int slots, int contextLength, int vocabularySize) {
    /**
     * Refuses segments that cannot be computed.
     *
     * @return rows of logits that are wanted of them
     */
    public int require(List<Segment> segments) {
        if (segments.isEmpty()) {
            throw refused("forward pass of 0 rows. Give at least one segment");
        }
        int rows = 0;
        int previous = -1;
        for (Segment segment : segments) {
            requireSlot(segment.slot());
            if (segment.slot() <= previous) {
                throw refused("slot " + segment.slot() + " after slot " + previous
                        + ". Give one segment a slot, those in the lowest slots first");
            }
            previous = segment.slot();
            require(segment);
            rows = Math.addExact(rows, segment.rows());
        }
        return rows;
    }

    private void require(Segment segment) {
        int count = segment.tokens().length;
        if (segment.past() < 0 || count < 1 || segment.past() > contextLength - count) {
            throw refused("slot " + segment.slot() + " cannot take " + count + " tokens after " + segment.past()
                    + ". It holds 1 to " + contextLength);
        }
        for (int token : segment.tokens()) {
            if (token < 0 || token >= vocabularySize) {
                throw refused(
                        "token " + token + " does not exist. The vocabulary has ids 0 to " + (vocabularySize - 1));
            }
        }
    }

    /** Refuses a slot that there is not. */
    public void requireSlot(int slot) {
        if (slot < 0 || slot >= slots) {
            throw refused("slot " + slot + " does not exist. There are slots 0 to " + (slots - 1));
        }
    }

    /** Refuses a copy from or to a slot that there is not, or of more than a slot holds. */
    public void requireCopy(int from, int to, int length) {
        requireSlot(from);
        requireSlot(to);
        if (length < 0 || length > contextLength) {
            throw refused("copy of " + length + " tokens. A slot holds 0 to " + contextLength);
        }
    }

    private static EngineException refused(String message) {
        return new EngineException(Category.BAD_REQUEST, message);
    }
}
