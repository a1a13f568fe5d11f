package dev.weighbridge.gateway.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Social security numbers of the United States: three, two and four digits parted by hyphens or by blanks, or nine digits in one
 * piece that are called one. Areas 000, 666 and 900 to 999, group 00 and serial 0000 are not given out (Social Security
 * Administration, Program Operations Manual RM 10201.035).
 */
final class SsnFinder implements Finder {
    private static final String AREA = "(?!000|666|9)[0-9]{3}";
    private static final Pattern PARTED = Pattern.compile("(?<![\\p{L}\\p{N}_]|[0-9][-.])" + AREA
            + "(?:-(?!00)[0-9]{2}-(?!0000)[0-9]{4}|(?<![0-9] [0-9]{3}) (?!00)[0-9]{2} (?!0000)[0-9]{4}(?! [0-9]))"
            + "(?![\\p{L}\\p{N}_]|-[0-9])");
    private static final Pattern LABELLED = Pattern.compile("(?i)\\b(?:SSN|social security(?: number| no\\.?| #)?)"
            + "[\\s:#=]{0,3}(?:is[\\s:]{1,3})?(" + AREA + "(?!00)[0-9]{2}(?!0000)[0-9]{4})(?![\\p{L}\\p{N}_]|-[0-9])");

    @Override
    public List<Span> find(String text) {
        List<Span> spans = new ArrayList<>();
        Matcher parted = PARTED.matcher(text);
        while (parted.find()) {
            spans.add(new Span(parted.start(), parted.end()));
        }
        Matcher labelled = LABELLED.matcher(text);
        while (labelled.find()) {
            spans.add(new Span(labelled.start(1), labelled.end(1)));
        }
        return spans;
    }
}
