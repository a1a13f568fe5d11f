package dev.weighbridge.gateway.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers of payment cards: 13 to 19 digits that begin as a brand's do and whose check digit is right (Luhn's formula, ISO/IEC
 * 7812-1 annex B), in one piece or in the groups that are printed on cards, parted by one blank, hyphen or dot each.
 */
final class CardFinder implements Finder {
    private static final Pattern NUMBER = Pattern.compile("(?<![\\p{L}\\p{N}_]|[0-9][-.])(?:"
            + "[0-9]{13,19}|[0-9]{4}([ .-])[0-9]{4}\\1[0-9]{4}\\1[0-9]{4}(?:\\1[0-9]{3}(?![0-9]))?"
            + "|[0-9]{4}([ .-])[0-9]{6}\\2[0-9]{4,5}|[0-9]{6}([ -])[0-9]{13}"
            + ")(?![\\p{L}\\p{N}_]|[-.][0-9])");
    private static final int CHECKED_GROUPS = 16;

    @Override
    public List<Span> find(String text) {
        List<Span> spans = new ArrayList<>();
        Matcher matcher = NUMBER.matcher(text);
        int from = 0;
        while (matcher.find(from)) {
            String digits = digits(matcher.group());
            int end = matcher.end();
            boolean right = card(digits);
            if (!right
                    && digits.length() == CHECKED_GROUPS + 3
                    && matcher.group().length() > digits.length()) {
                // The three digits behind a card number in groups may be its security code.
                digits = digits.substring(0, CHECKED_GROUPS);
                end -= 4;
                right = card(digits);
            }
            if (right) {
                spans.add(new Span(matcher.start(), end));
                from = end;
            } else {
                // Groups of one number may begin another; a number in one piece has no such place.
                from = nextGroup(text, matcher.start(), matcher.end());
            }
        }
        return spans;
    }

    private static int nextGroup(String text, int start, int end) {
        int at = start;
        while (at < end && Character.isDigit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static String digits(String text) {
        StringBuilder digits = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (Character.isDigit(text.charAt(i))) {
                digits.append(text.charAt(i));
            }
        }
        return digits.toString();
    }

    private static boolean card(String digits) {
        return branded(digits) && luhn(digits);
    }

    /** Whether a brand's numbers begin like this and have as many digits. */
    private static boolean branded(String digits) {
        int length = digits.length();
        int two = Integer.parseInt(digits.substring(0, 2));
        int four = Integer.parseInt(digits.substring(0, 4));
        boolean visa = digits.charAt(0) == '4' && (length == 13 || length == 16 || length == 19);
        boolean mastercard = ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) && length == 16;
        boolean americanExpress = (two == 34 || two == 37) && length == 15;
        boolean diners = (two == 36 || two == 38 || (four >= 3000 && four <= 3059)) && length >= 14;
        boolean discover = (four == 6011 || two == 65 || (four >= 6440 && four <= 6499)) && length >= 16;
        boolean jcb = four >= 3528 && four <= 3589 && length >= 16;
        boolean unionPay = two == 62 && length >= 16;
        return visa || mastercard || americanExpress || diners || discover || jcb || unionPay;
    }

    private static boolean luhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int weighed = i % 2 == 0 ? digit : 2 * digit;
            sum += weighed > 9 ? weighed - 9 : weighed;
        }
        return sum % 10 == 0;
    }
}
