package dev.weighbridge.scoring.factuality;

import dev.weighbridge.scoring.text.PorterStemmer;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a text says that can be compared.
 *
 * @param stems of its words that carry meaning, by Porter; no function words of English and no numbers
 * @param numbers in digits, without signs for thousands and zeros that add nothing, so that 1,200.50 is 1200.5
 * @param names words with a capital that do not stand first in their sentence, as they are written
 * @param words every word as it is written, among which names are looked for
 */
record Content(Set<String> stems, Set<String> numbers, Set<String> names, Set<String> words) {
    private static final Pattern TOKEN = Pattern.compile("\\p{N}+(?:[.,]\\p{N}+){0,20}|[\\p{L}\\p{M}]+");
    private static final int LONGEST_WORD = 64;
    private static final Set<String> FUNCTION_WORDS = Set.of(
            ("a about above after again all also although am an and any are as at be became because become been before being"
                            + " below between both but by can could did do does doing down during each few for from further had"
                            + " has have having he her here hers him his how however i if in into is it its itself just may me"
                            + " might more most must my no nor not now of off on once only or other our out over own same she"
                            + " should so some such s t than that the their theirs them then there these they this those though"
                            + " through thus to too under until up upon very was we were what when where which while who whom"
                            + " whose why will with would yes you your")
                    .split(" "));

    Content {
        stems = Set.copyOf(stems);
        numbers = Set.copyOf(numbers);
        names = Set.copyOf(names);
        words = Set.copyOf(words);
    }

    /** Of a claim or a passage. */
    static Content of(String text) {
        Set<String> stems = new LinkedHashSet<>();
        Set<String> numbers = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>();
        Set<String> words = new LinkedHashSet<>();
        Matcher token = TOKEN.matcher(text);
        boolean first = true;
        while (token.find()) {
            String word = token.group();
            if (Character.isDigit(word.codePointAt(0))) {
                numbers.add(number(word));
            } else if (word.length() <= LONGEST_WORD) {
                String small = word.toLowerCase(Locale.ROOT);
                boolean meaning = !FUNCTION_WORDS.contains(small);
                words.add(word);
                if (meaning) {
                    stems.add(PorterStemmer.stem(small));
                }
                if (meaning && !first && Character.isUpperCase(word.codePointAt(0))) {
                    names.add(word);
                }
            }
            first = false;
        }
        return new Content(stems, numbers, names, words);
    }

    private static String number(String written) {
        if (written.length() > LONGEST_WORD) {
            return written;
        }
        String digits = written;
        int last = Math.max(written.lastIndexOf('.'), written.lastIndexOf(','));
        // What three digits follow is a sign for thousands, unless a point stands there alone.
        boolean thousands = last >= 0
                && written.length() - last == 4
                && (written.charAt(last) == ',' || written.indexOf('.') < last);
        if (last >= 0) {
            String whole = written.substring(0, last).replaceAll("[.,]", "");
            digits = thousands ? whole + written.substring(last + 1) : whole + "." + written.substring(last + 1);
        }
        if (digits.indexOf('.') >= 0) {
            digits = digits.replaceAll("0+$", "").replaceAll("\\.$", "");
        }
        return digits.replaceAll("^0+(?=\\d)", "");
    }
}
