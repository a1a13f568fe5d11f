package dev.weighbridge.inference.server;

/** A backend whose every step fails after the warm-up of its model, as one whose device is lost. */
public class FailingBackend extends GatedBackend {
    public static final String ID = "failing";

    private static final int WARM_UP_STEPS = 6;

    private int steps;

    @Override
    public String id() {
        return ID;
    }

    @Override
    void beforeStep() {
        if (++steps == WARM_UP_STEPS + 1) {
            failSteps();
        }
    }

    /** One that is out of memory instead. */
    public static final class OutOfMemory extends FailingBackend {
        public static final String ID = "out-of-memory";

        @Override
        public String id() {
            return ID;
        }

        @Override
        Throwable stepFailure() {
            return new OutOfMemoryError("Java heap space");
        }
    }
}
