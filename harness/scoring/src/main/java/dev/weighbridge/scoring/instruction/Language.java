package dev.weighbridge.scoring.instruction;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import opennlp.tools.langdetect.LanguageDetectorME;
import opennlp.tools.langdetect.LanguageDetectorModel;

/** The language of a text, by Apache OpenNLP's detector and its published model of 103 languages. */
final class Language {
    private static final String MODEL = "/langdetect-183.bin";
    private static final int MOST_CHARACTERS = 20_000;
    private static final Map<String, String> SHORT = shortCodes();

    private Language() {}

    /** Opens the model on first use. */
    private static final class Detector {
        static final LanguageDetectorModel LANGUAGES = read();

        private static LanguageDetectorModel read() {
            try (InputStream in = LanguageDetectorModel.class.getResourceAsStream(MODEL)) {
                if (in == null) {
                    throw new IllegalStateException("the model of languages, " + MODEL + ", is not on the class path");
                }
                return new LanguageDetectorModel(in);
            } catch (IOException e) {
                throw new IllegalStateException("the model of languages cannot be read: " + e, e);
            }
        }
    }

    /** Whether a text has a letter at all, without which it is of no language. */
    static boolean told(String text) {
        return text.codePoints().anyMatch(Character::isLetter);
    }

    /** ISO 639-1 code of the likeliest language, its ISO 639-3 code where it has no other. */
    static String of(String text) {
        String head = text.substring(0, Math.min(MOST_CHARACTERS, text.length()));
        String code =
                new LanguageDetectorME(Detector.LANGUAGES).predictLanguage(head).getLang();
        return SHORT.getOrDefault(code, code);
    }

    private static Map<String, String> shortCodes() {
        Map<String, String> codes = new TreeMap<>();
        for (String language : Locale.getISOLanguages()) {
            codes.put(Locale.forLanguageTag(language).getISO3Language(), language);
        }
        // The model names these by the code of one of several that are spoken.
        codes.put("cmn", "zh");
        codes.put("pes", "fa");
        codes.put("pnb", "pa");
        codes.put("ekk", "et");
        codes.put("lvs", "lv");
        codes.put("arb", "ar");
        codes.put("npi", "ne");
        codes.put("swh", "sw");
        codes.put("zlm", "ms");
        return codes;
    }
}
