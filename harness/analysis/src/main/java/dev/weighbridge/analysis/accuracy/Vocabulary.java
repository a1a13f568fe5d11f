package dev.weighbridge.analysis.accuracy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts of a vocabulary's tokens, by which a whole distribution over ids is held against what a server gives by text. A text that
 * several tokens have, or none has for sure since it is empty or part of a character, names none of them.
 */
public final class Vocabulary {
    private static final String REPLACEMENT = "\uFFFD";
    private static final int SEVERAL = -1;

    private final List<String> texts;
    private final Map<String, Integer> ids = new HashMap<>();

    /**
     * Takes the texts.
     *
     * @param texts by id, from 0 on
     */
    public Vocabulary(List<String> texts) {
        this.texts = List.copyOf(texts);
        for (int id = 0; id < texts.size(); id++) {
            String text = texts.get(id);
            boolean whole = !text.isEmpty() && !text.contains(REPLACEMENT);
            ids.merge(text, whole ? id : SEVERAL, (first, second) -> SEVERAL);
        }
    }

    /** Tokens. */
    public int size() {
        return texts.size();
    }

    /** The one token of that text, or -1. */
    public int id(String text) {
        return ids.getOrDefault(text, SEVERAL);
    }

    /** Whether a token can be what a server calls by that text. */
    public boolean mayBe(int id, String text) {
        String own = texts.get(id);
        return own.equals(text) || id(own) != id;
    }
}
