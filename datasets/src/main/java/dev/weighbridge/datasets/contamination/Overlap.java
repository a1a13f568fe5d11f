package dev.weighbridge.datasets.contamination;

import dev.weighbridge.datasets.DataException;
import java.util.Locale;

/**
 * What counts as a part of a sample that may be found again: so many units one after the other.
 *
 * @param unit that is counted
 * @param length in units
 */
public record Overlap(Unit unit, int length) {
    private static final int LONGEST = 1000;

    /** 13 words, as in GPT-3's report (Brown et al., arXiv 2005.14165, appendix C). */
    public static final Overlap WORDS_13 = new Overlap(Unit.WORDS, 13);

    /**
     * 50 characters, as in GPT-4's report (OpenAI, arXiv 2303.08774, appendix C); there three such parts of a sample are drawn,
     * here all are looked at.
     */
    public static final Overlap CHARACTERS_50 = new Overlap(Unit.CHARACTERS, 50);

    public Overlap {
        if (length < 2 || length > LONGEST) {
            throw new DataException("an overlap must have from 2 to " + LONGEST + " "
                    + unit.name().toLowerCase(Locale.ROOT) + ", got: " + length);
        }
    }

    /** What texts are made of, once they are normalized. Neither changes Unicode's composition of characters. */
    public enum Unit {
        /**
         * Words: what is between white space, in lower case, without what is no letter, mark or digit. Scripts without spaces
         * have hardly any; use characters for them.
         */
        WORDS,
        /** Letters, marks and digits, capitals as they are; all else is left out. */
        CHARACTERS
    }
}
