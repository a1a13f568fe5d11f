package dev.weighbridge.datasets.demo;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Different prompts without end for load scenarios, drawn from a seed as they are asked for; none is in a training or test split.
 *
 * <p>A pool is cut into {@link #PARTS} that have no prompt in common, whatever their seeds: loads that follow each other on one
 * live engine take one part each, so that no cache of an earlier one can answer. Safe for use by several threads.
 */
public final class LoadPrompts {
    /** All demo tasks, each about as often as the others. */
    public static final String DEMO_MIXED = "demo-mixed";

    /** Parts of a pool. */
    public static final int PARTS = 8;

    private static final int SAMPLE = 1_000;

    private final SplittableRandom random;
    private final int part;
    private final Set<String> known = new HashSet<>();
    private final List<String> prompts = new ArrayList<>();

    private LoadPrompts(long seed, int part) {
        random = new SplittableRandom(seed);
        this.part = part;
    }

    /** The ids that {@link #open} knows. */
    public static List<String> ids() {
        return List.of(DEMO_MIXED);
    }

    /**
     * Opens a pool. The same id, seed and part give the same prompts on every machine.
     *
     * @param part number of the part, taken by its remainder
     * @throws IllegalArgumentException for an unknown id
     */
    public static LoadPrompts open(String id, long seed, int part) {
        if (!ids().contains(id)) {
            throw new IllegalArgumentException("there are no load prompts '" + id + "'. Choose one of " + ids() + ".");
        }
        return new LoadPrompts(seed, Math.floorMod(part, PARTS));
    }

    /** The prompt of that number, from 0; no two numbers have the same one. */
    public synchronized String prompt(int number) {
        DemoTask[] tasks = DemoTask.values();
        while (prompts.size() <= number) {
            String drawn =
                    tasks[random.nextInt(tasks.length)].draw(Split.LOAD, random).prompt();
            if (Math.floorMod(drawn.hashCode(), PARTS) == part && known.add(drawn)) {
                prompts.add(drawn);
            }
        }
        return prompts.get(number);
    }

    /**
     * SHA-256 of the first thousand prompts of the pool at a seed, one a line: another pool or another way of drawing has another
     * one.
     */
    public static String sha256(String id, long seed) {
        LoadPrompts pool = open(id, seed, 0);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int i = 0; i < SAMPLE; i++) {
                digest.update((pool.prompt(i) + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
