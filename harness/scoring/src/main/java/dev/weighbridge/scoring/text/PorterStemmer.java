package dev.weighbridge.scoring.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Porter's stemmer of English words (Porter, Program 14(3), 1980) with the departures that NLTK makes in its default mode, which
 * {@code rouge-score} uses: irregular forms, words of two letters left alone, {@code -ies} of short words, {@code -ied},
 * {@code -y} after a consonant, {@code -fulli}, {@code -logi}, {@code -alli} repeated and {@code -bli}.
 */
public final class PorterStemmer {
    private static final Map<String, String> IRREGULAR = irregular();
    private static final List<String[]> STEP_2 = List.of(
            rule("ational", "ate"),
            rule("tional", "tion"),
            rule("enci", "ence"),
            rule("anci", "ance"),
            rule("izer", "ize"),
            rule("bli", "ble"),
            rule("alli", "al"),
            rule("entli", "ent"),
            rule("eli", "e"),
            rule("ousli", "ous"),
            rule("ization", "ize"),
            rule("ation", "ate"),
            rule("ator", "ate"),
            rule("alism", "al"),
            rule("iveness", "ive"),
            rule("fulness", "ful"),
            rule("ousness", "ous"),
            rule("aliti", "al"),
            rule("iviti", "ive"),
            rule("biliti", "ble"),
            rule("fulli", "ful"));
    private static final List<String[]> STEP_3 = List.of(
            rule("icate", "ic"),
            rule("ative", ""),
            rule("alize", "al"),
            rule("iciti", "ic"),
            rule("ical", "ic"),
            rule("ful", ""),
            rule("ness", ""));
    private static final List<String> STEP_4 = List.of(
            "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate",
            "iti", "ous", "ive", "ize");

    private PorterStemmer() {}

    private static String[] rule(String suffix, String replacement) {
        return new String[] {suffix, replacement};
    }

    private static Map<String, String> irregular() {
        Map<String, String> forms = new HashMap<>();
        forms.put("sky", "sky");
        forms.put("skies", "sky");
        for (String stem : List.of("die", "lie", "tie")) {
            forms.put(stem.charAt(0) + "ying", stem);
        }
        forms.put("news", "news");
        forms.put("inning", "inning");
        forms.put("innings", "inning");
        forms.put("outing", "outing");
        forms.put("outings", "outing");
        forms.put("canning", "canning");
        forms.put("cannings", "canning");
        forms.put("howe", "howe");
        forms.put("proceed", "proceed");
        forms.put("exceed", "exceed");
        forms.put("succeed", "succeed");
        return Map.copyOf(forms);
    }

    /** The stem of a word in small letters. */
    public static String stem(String word) {
        String irregular = IRREGULAR.get(word);
        if (irregular != null) {
            return irregular;
        }
        if (word.length() <= 2) {
            return word;
        }
        return step5b(step5a(step4(step3(step2(step1c(step1b(step1a(word))))))));
    }

    private static boolean consonant(String word, int i) {
        char c = word.charAt(i);
        if ("aeiou".indexOf(c) >= 0) {
            return false;
        }
        return c != 'y' || i == 0 || !consonant(word, i - 1);
    }

    /** How often vowels are followed by consonants. */
    private static int measure(String stem) {
        int measure = 0;
        for (int i = 1; i < stem.length(); i++) {
            measure += consonant(stem, i) && !consonant(stem, i - 1) ? 1 : 0;
        }
        return measure;
    }

    private static boolean hasVowel(String stem) {
        for (int i = 0; i < stem.length(); i++) {
            if (!consonant(stem, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean endsDouble(String word) {
        int n = word.length();
        return n >= 2 && word.charAt(n - 1) == word.charAt(n - 2) && consonant(word, n - 1);
    }

    private static boolean endsShort(String word) {
        int n = word.length();
        return (n >= 3
                        && consonant(word, n - 3)
                        && !consonant(word, n - 2)
                        && consonant(word, n - 1)
                        && "wxy".indexOf(word.charAt(n - 1)) < 0)
                || (n == 2 && !consonant(word, 0) && consonant(word, 1));
    }

    private static String without(String word, String suffix) {
        return word.substring(0, word.length() - suffix.length());
    }

    private static String step1a(String word) {
        if (word.endsWith("ies") && word.length() == 4) {
            return without(word, "ies") + "ie";
        }
        if (word.endsWith("sses")) {
            return without(word, "es");
        }
        if (word.endsWith("ies")) {
            return without(word, "es");
        }
        return word.endsWith("ss") || !word.endsWith("s") ? word : without(word, "s");
    }

    private static String step1b(String word) {
        if (word.endsWith("ied")) {
            return without(word, "ied") + (word.length() == 4 ? "ie" : "i");
        }
        if (word.endsWith("eed")) {
            String stem = without(word, "eed");
            return measure(stem) > 0 ? stem + "ee" : word;
        }
        for (String suffix : List.of("ed", "ing")) {
            if (word.endsWith(suffix)) {
                String stem = without(word, suffix);
                return hasVowel(stem) ? mended(stem) : word;
            }
        }
        return word;
    }

    private static String mended(String stem) {
        if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) {
            return stem + "e";
        }
        if (endsDouble(stem)) {
            return "lsz".indexOf(stem.charAt(stem.length() - 1)) >= 0 ? stem : stem.substring(0, stem.length() - 1);
        }
        return measure(stem) == 1 && endsShort(stem) ? stem + "e" : stem;
    }

    private static String step1c(String word) {
        if (!word.endsWith("y")) {
            return word;
        }
        String stem = without(word, "y");
        return stem.length() > 1 && consonant(stem, stem.length() - 1) ? stem + "i" : word;
    }

    private static String step2(String word) {
        if (word.endsWith("alli") && measure(without(word, "alli")) > 0) {
            return step2(without(word, "alli") + "al");
        }
        for (String[] rule : STEP_2) {
            if (word.endsWith(rule[0])) {
                return measure(without(word, rule[0])) > 0 ? without(word, rule[0]) + rule[1] : word;
            }
        }
        if (word.endsWith("logi")) {
            // The l belongs to what is measured.
            return measure(without(word, "ogi")) > 0 ? without(word, "i") : word;
        }
        return word;
    }

    private static String step3(String word) {
        for (String[] rule : STEP_3) {
            if (word.endsWith(rule[0])) {
                return measure(without(word, rule[0])) > 0 ? without(word, rule[0]) + rule[1] : word;
            }
        }
        return word;
    }

    private static String step4(String word) {
        for (String suffix : STEP_4) {
            if (word.endsWith(suffix)) {
                String stem = without(word, suffix);
                boolean goes = measure(stem) > 1 && (!suffix.equals("ion") || stem.endsWith("s") || stem.endsWith("t"));
                return goes ? stem : word;
            }
        }
        return word;
    }

    private static String step5a(String word) {
        if (!word.endsWith("e")) {
            return word;
        }
        String stem = without(word, "e");
        int measure = measure(stem);
        return measure > 1 || (measure == 1 && !endsShort(stem)) ? stem : word;
    }

    private static String step5b(String word) {
        return word.endsWith("ll") && measure(without(word, "l")) > 1 ? without(word, "l") : word;
    }
}
