package dev.weighbridge.datasets.demo;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Pools of different prompts for load scenarios, drawn from a seed; none is in a training or test split. */
public final class LoadPrompts {
    /** All demo tasks, each about as often as the others. */
    public static final String DEMO_MIXED = "demo-mixed";

    /** Most prompts of one pool. */
    public static final int MOST = 100_000;

    private LoadPrompts() {}

    /** The ids that {@link #load} knows. */
    public static List<String> ids() {
        return List.of(DEMO_MIXED);
    }

    /**
     * Draws a pool. The same id, count and seed give the same prompts on every machine; a larger count only adds prompts.
     *
     * @param count of prompts, all different, 1 to {@link #MOST}
     * @throws IllegalArgumentException for an unknown id or a count out of bounds
     */
    public static List<String> load(String id, int count, long seed) {
        if (!ids().contains(id)) {
            throw new IllegalArgumentException("there are no load prompts '" + id + "'. Choose one of " + ids() + ".");
        }
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException(
                    "the count of load prompts must be from 1 to " + MOST + ", got: " + count);
        }
        SplittableRandom random = new SplittableRandom(seed);
        DemoTask[] tasks = DemoTask.values();
        Set<String> prompts = new LinkedHashSet<>();
        while (prompts.size() < count) {
            DemoTask task = tasks[random.nextInt(tasks.length)];
            prompts.add(task.draw(Split.LOAD, random).prompt());
        }
        return List.copyOf(prompts);
    }
}
