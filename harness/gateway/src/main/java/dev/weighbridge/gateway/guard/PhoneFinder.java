package dev.weighbridge.gateway.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers of telephones: international with {@code +} or {@code 00} and a country code in use (ITU-T E.164: at most 15 digits),
 * of the North American plan in its usual groups (area and exchange begin with 2 to 9 and do not end with 11), and of any form
 * behind a word such as "phone" or "call".
 */
final class PhoneFinder implements Finder {
    private static final String NOT_BEFORE = "(?<![\\p{L}\\p{N}_+]|[0-9][-./ ])";
    private static final String NOT_BEHIND = "(?![\\p{L}\\p{N}_]|[-./][0-9])";
    private static final Pattern INTERNATIONAL =
            Pattern.compile("(?<![\\p{L}\\p{N}_+])(?:\\+|00(?=[1-9][0-9]{0,2}[ ./(-]))"
                    + "([1-9][0-9]{0,3}+(?:[ ./-]{0,2}+\\(?+[0-9]{1,5}+\\)?+){1,6}+)" + NOT_BEHIND);
    private static final Pattern AMERICAN = Pattern.compile(NOT_BEFORE + "(?:1[-. ])?"
            + "(?:\\(([2-9](?!11)[0-9]{2})\\) ?|([2-9](?!11)[0-9]{2})[-. ])([2-9](?!11)[0-9]{2})[-. ][0-9]{4}"
            + "(?: ?(?:x|ext\\.?) ?[0-9]{1,5})?(?![\\p{L}\\p{N}_]|[-./ ][0-9])");
    private static final Pattern LABELLED =
            Pattern.compile("(?i)(?<![\\p{L}\\p{N}_])(?:(?:tele)?phone|tel|mobile|cell|fax|call|whatsapp|dial|hotline)"
                    + "(?:[\\s:.#=-]{1,3}(?:me|us|him|her|them|now|number|no|nr|at|on|is|under)\\b){0,4}[\\s:.#=-]{0,3}"
                    + "(\\(?+[0-9]{2,5}+\\)?+(?:[ ./-]{0,2}+\\(?+[0-9]{1,8}+\\)?+){1,5}+)" + NOT_BEHIND);
    private static final Pattern DATE = Pattern.compile("(?:1[0-9]|20)[0-9]{2}[-./ ][0-9]{1,2}[-./ ][0-9]{1,2}.*"
            + "|[0-9]{1,2}[-./][0-9]{1,2}[-./](?:1[0-9]|20)[0-9]{2}");
    private static final Pattern COUNTRY =
            Pattern.compile("(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
                    + "|2[1-69][0-9]|3[578][0-9]|42[0-9]|5[09][0-9]|6[789][0-9]|8[0578][0-9]|9[679][0-9])[0-9]*");
    private static final Pattern AMERICAN_DIGITS = Pattern.compile("1[2-9](?!11)[0-9]{2}[2-9](?!11)[0-9]{6}");

    @Override
    public List<Span> find(String text) {
        List<Span> spans = new ArrayList<>();
        Matcher international = INTERNATIONAL.matcher(text);
        while (international.find()) {
            if (international(digits(international.group(1)))) {
                spans.add(span(text, international.start(), international.end()));
            }
        }
        Matcher american = AMERICAN.matcher(text);
        while (american.find()) {
            spans.add(new Span(american.start(), american.end()));
        }
        Matcher labelled = LABELLED.matcher(text);
        while (labelled.find()) {
            int digits = digits(labelled.group(1)).length();
            if (digits >= 7 && digits <= 15 && !DATE.matcher(labelled.group(1)).matches()) {
                spans.add(span(text, labelled.start(1), labelled.end(1)));
            }
        }
        return spans;
    }

    /** The range without a closing bracket whose opening one stands before it. */
    private static Span span(String text, int start, int end) {
        boolean bracket =
                text.charAt(end - 1) == ')' && text.substring(start, end).indexOf('(') < 0;
        return new Span(start, bracket ? end - 1 : end);
    }

    private static boolean international(String digits) {
        if (digits.length() < 8
                || digits.length() > 15
                || !COUNTRY.matcher(digits).matches()) {
            return false;
        }
        return digits.charAt(0) != '1' || AMERICAN_DIGITS.matcher(digits).matches();
    }

    private static String digits(String text) {
        return text.replaceAll("[^0-9]", "");
    }
}
