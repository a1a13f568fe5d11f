package dev.weighbridge.gateway.guard;

import java.util.List;

/** Finds data of one kind in a folded text, in time that grows with the text's length alone. */
interface Finder {
    /** Where it stands; ranges may overlap. */
    List<Span> find(String text);

    /**
     * A range of characters.
     *
     * @param start of it
     * @param end behind it
     */
    record Span(int start, int end) {}
}
