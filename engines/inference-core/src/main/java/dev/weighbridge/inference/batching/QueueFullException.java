package dev.weighbridge.inference.batching;

import dev.weighbridge.api.EngineException;

/** Refuses a sequence because too many wait already. It was not begun, and the same one may be admitted later. */
public final class QueueFullException extends EngineException {
    private static final long serialVersionUID = 1L;

    QueueFullException(int waiting) {
        super(Category.FAILED, waiting + " requests are waiting already, which is the limit. Try again later");
    }
}
