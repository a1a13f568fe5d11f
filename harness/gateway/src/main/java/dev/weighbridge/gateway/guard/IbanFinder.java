package dev.weighbridge.gateway.guard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * International bank account numbers (ISO 13616) of the lengths in SWIFT's IBAN registry, with single blanks or hyphens anywhere,
 * whose check digits are right: the number with its first four characters moved to the end and letters as 10 to 35 leaves 1 when
 * divided by 97 (ISO/IEC 7064, MOD 97-10).
 */
final class IbanFinder implements Finder {
    private static final Pattern START = Pattern.compile("(?<![\\p{L}\\p{N}_])[A-Za-z]{2}[0-9]{2}(?=[ -]?[A-Za-z0-9])");
    private static final Map<String, Integer> LENGTHS = lengths(
            "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 "
                    + "ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 "
                    + "KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 "
                    + "PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 "
                    + "VA22 VG24 XK20 YE30");

    private static Map<String, Integer> lengths(String list) {
        Map<String, Integer> lengths = new HashMap<>();
        for (String entry : list.split(" ", -1)) {
            lengths.put(entry.substring(0, 2), Integer.parseInt(entry.substring(2)));
        }
        return Map.copyOf(lengths);
    }

    @Override
    public List<Span> find(String text) {
        List<Span> spans = new ArrayList<>();
        Matcher matcher = START.matcher(text);
        while (matcher.find()) {
            Integer length = LENGTHS.get(
                    text.substring(matcher.start(), matcher.start() + 2).toUpperCase(Locale.ROOT));
            int end = length == null ? -1 : end(text, matcher.start(), length);
            if (end > 0) {
                spans.add(new Span(matcher.start(), end));
            }
        }
        return spans;
    }

    /** Where the number that begins there ends, or -1 when it is none. */
    private static int end(String text, int start, int length) {
        StringBuilder number = new StringBuilder(length);
        int at = start;
        while (number.length() < length && at < text.length()) {
            char c = text.charAt(at);
            if (letterOrDigit(c)) {
                number.append(Character.toUpperCase(c));
            } else if ((c != ' ' && c != '-') || at + 1 >= text.length() || !letterOrDigit(text.charAt(at + 1))) {
                return -1;
            }
            at++;
        }
        boolean goesOn = at < text.length() && Character.isLetterOrDigit(text.charAt(at));
        return number.length() == length && !goesOn && remainder(number) == 1 ? at : -1;
    }

    private static int remainder(StringBuilder number) {
        int remainder = 0;
        for (int i = 0; i < number.length(); i++) {
            int value = Character.digit(number.charAt((i + 4) % number.length()), 36);
            remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
        }
        return remainder;
    }

    private static boolean letterOrDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }
}
