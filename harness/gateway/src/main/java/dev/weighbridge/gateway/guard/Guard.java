package dev.weighbridge.gateway.guard;

import java.util.Map;
import java.util.Set;

/** Judges texts one at a time, from many threads at once. */
public interface Guard {
    /** What a study says of every guard. */
    Post post();

    /** Everything that the guard's verdicts depend on, as values of JSON, without keys or passwords. */
    Map<String, Object> description();

    /**
     * Judges a text.
     *
     * @throws GuardException when it cannot
     */
    Verdict judge(Side side, String text);

    /**
     * Where a guard stands.
     *
     * @param id that its verdicts and counters are called by
     * @param sides it judges
     * @param onError what becomes of a text it cannot judge
     */
    record Post(String id, Set<Side> sides, OnError onError) {
        private static final String FORM = "[a-z0-9][a-z0-9-]{0,39}";

        public Post {
            if (!id.matches(FORM)) {
                throw new IllegalArgumentException(
                        "a guard's id is of at most 40 small letters, digits and hyphens, got: '"
                                + (id.length() > 60 ? id.substring(0, 60) + "…" : id) + "'");
            }
            if (sides.isEmpty()) {
                throw new IllegalArgumentException("guard '" + id + "' judges no side. Name input, output or both");
            }
            sides = Set.copyOf(sides);
        }
    }
}
