package dev.weighbridge.scoring.json;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import com.networknt.schema.regex.RegularExpressions;
import dev.weighbridge.scoring.BoundedText;
import dev.weighbridge.scoring.ScoringException;
import java.util.regex.Pattern;

/** Regular expressions of a schema that together may look at an answer only so often, however many there are. */
final class BoundedPatterns implements RegularExpressionFactory {
    /** Where the looks of the validation are counted that runs on this thread. A validation never leaves its thread. */
    private final ThreadLocal<long[]> looks = ThreadLocal.withInitial(() -> new long[1]);

    /** To be called before each validation. */
    void reset() {
        looks.get()[0] = 0;
    }

    @Override
    public RegularExpression getRegularExpression(String expression) {
        // ECMA's $ is the end of the text, Java's also what stands before a last line break.
        Pattern pattern = Pattern.compile(RegularExpressions.replaceDollarAnchors(expression));
        return value -> {
            BoundedText text = new BoundedText(value);
            boolean found = pattern.matcher(text).find();
            long[] sum = looks.get();
            sum[0] += text.looks();
            if (sum[0] > BoundedText.MOST_LOOKS) {
                throw new ScoringException("the patterns of the schema looked at the answer more than "
                        + BoundedText.MOST_LOOKS + " times. Write them without nested repetition, or fewer.");
            }
            return found;
        };
    }
}
