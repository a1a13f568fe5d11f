package dev.weighbridge.api.load;

/**
 * The part of a load that one of several injectors offers: every {@code count}-th session, or user of a closed loop. All of them
 * together offer what one would.
 *
 * @param number from 0
 * @param count of injectors
 */
public record Shard(int number, int count) {
    /** All of it. */
    public static final Shard WHOLE = new Shard(0, 1);

    private static final int MOST = 10_000;

    public Shard {
        if (count < 1 || count > MOST || number < 0 || number >= count) {
            throw new IllegalArgumentException("a shard is a number from 0 and how many there are, at most " + MOST
                    + ", got: " + number + "/" + count);
        }
    }

    /**
     * Reads one, such as {@code 0/4} for the first of four.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Shard parse(String text) {
        if (!text.matches("\\d{1,5}/\\d{1,5}")) {
            throw new IllegalArgumentException("a shard is written as 0/4, the first of four, got: " + text);
        }
        String[] parts = text.split("/", 2);
        return new Shard(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    /** Whether it is not all of the load. */
    public boolean isPart() {
        return count > 1;
    }

    /** Those of the starts that are this shard's, in order. */
    public long[] part(long[] starts) {
        if (!isPart()) {
            return starts;
        }
        long[] part = new long[Math.max(0, (starts.length - number + count - 1) / count)];
        for (int i = 0; i < part.length; i++) {
            part[i] = starts[inWhole(i)];
        }
        return part;
    }

    /** The number in the whole load of what is the n-th here, from 0. */
    public int inWhole(int own) {
        return Math.addExact(Math.multiplyExact(own, count), number);
    }

    @Override
    public String toString() {
        return number + "/" + count;
    }
}
