package dev.weighbridge.gateway.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates with a day that English words say to be of a birth; other dates and mere years are nobody's. */
final class BirthDateFinder implements Finder {
    private static final String DAY = "(?:0?[1-9]|[12][0-9]|3[01])";
    private static final String MONTH = "(?:0?[1-9]|1[0-2])";
    private static final String NAME = "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
            + "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
    private static final String YEAR = "(?:1[89]|20)[0-9]{2}";
    private static final String ORDINAL = DAY + "(?:st|nd|rd|th)?";
    private static final Pattern LABELLED = Pattern.compile(
            "(?i)(?<![\\p{L}\\p{N}_])(?:born|date[ _-]of[ _-]birth|birth[ _-]?date|birth[ _-]?day|d\\.?o\\.?b\\.?|b\\. (?=[0-9]))"
                    + "[\"')]{0,2}(?:[\\s:=,(\"'-]{1,4}(?:is|was|on|the|in)\\b){0,3}[\\s:=,(\"'-]{0,4}"
                    + "(" + YEAR + "([-/.])" + MONTH + "\\2" + DAY
                    + "|" + DAY + "([-/. ])" + MONTH + "\\3(?:" + YEAR + "|[0-9]{2})"
                    + "|" + MONTH + "([-/. ])" + DAY + "\\4(?:" + YEAR + "|[0-9]{2})"
                    + "|" + ORDINAL + "(?: of)?[ -]" + NAME + "[.,]?[ -]" + YEAR
                    + "|" + NAME + "\\.? " + ORDINAL + ",? " + YEAR + ")(?![\\p{L}\\p{N}_]|[-/.][0-9])");

    @Override
    public List<Span> find(String text) {
        List<Span> spans = new ArrayList<>();
        Matcher matcher = LABELLED.matcher(text);
        while (matcher.find()) {
            spans.add(new Span(matcher.start(1), matcher.end(1)));
        }
        return spans;
    }
}
