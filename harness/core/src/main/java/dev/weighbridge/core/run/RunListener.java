package dev.weighbridge.core.run;

import dev.weighbridge.results.Trial;

/** Hears how a run goes, on the thread that runs it. */
public interface RunListener {
    /** Hears nothing. */
    RunListener NONE = new RunListener() {};

    /** The plan is made: so many trials in all, so many of them measured in an earlier session. */
    default void planned(int trials, int alreadyMeasured) {}

    /** Something other than a trial takes time, for example starting an engine. */
    default void preparing(String what) {}

    default void trialStarted(PlannedTrial trial) {}

    default void trialFinished(Trial trial) {}
}
