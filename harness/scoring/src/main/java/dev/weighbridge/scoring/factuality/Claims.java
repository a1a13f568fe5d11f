package dev.weighbridge.scoring.factuality;

import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.instruction.Sentences;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Claims of an answer: its sentences, each point of a list by itself. Questions and what has no word of meaning claim nothing. */
public final class Claims {
    /** Characters of an answer that is judged. */
    public static final int LONGEST = 200_000;

    private static final int MOST = 1000;
    private static final Pattern POINT = Pattern.compile("^\\s*(?:[-*\u2022#]+|\\d{1,3}[.)])\\s+");

    private Claims() {}

    /**
     * Claims in their order.
     *
     * @throws ScoringException when the answer is too long to be judged
     */
    public static List<String> of(String answer) {
        if (answer.length() > LONGEST) {
            throw new ScoringException("the answer has " + answer.length() + " characters; claims are judged up to "
                    + LONGEST + ". Limit what the model writes.");
        }
        List<String> claims = new ArrayList<>();
        for (String line : answer.lines().toList()) {
            String plain = POINT.matcher(line).replaceFirst("");
            if (plain.isBlank()) {
                continue;
            }
            for (String sentence : Sentences.of(plain)) {
                if (!sentence.endsWith("?") && claims(Content.of(sentence))) {
                    claims.add(sentence);
                }
            }
            if (claims.size() > MOST) {
                throw new ScoringException("the answer has more than " + MOST + " claims, more than are judged");
            }
        }
        return claims;
    }

    private static boolean claims(Content content) {
        return !content.stems().isEmpty() || !content.numbers().isEmpty();
    }
}
