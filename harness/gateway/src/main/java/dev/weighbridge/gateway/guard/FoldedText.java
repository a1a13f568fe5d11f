package dev.weighbridge.gateway.guard;

import java.text.Normalizer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A text as it reads, with the way back to where each character of it stood: code points are replaced by their compatibility
 * form (NFKC, Unicode Standard Annex 15), each by itself, and those that are not seen are left out.
 */
final class FoldedText {
    private static final int LONGEST_FORM = 4;

    private final String original;
    private final String text;
    private final int @Nullable [] places;

    private FoldedText(String original, String text, int @Nullable [] places) {
        this.original = original;
        this.text = text;
        this.places = places;
    }

    static FoldedText of(String original) {
        int plain = 0;
        while (plain < original.length() && original.charAt(plain) < 0x80) {
            plain++;
        }
        if (plain == original.length()) {
            return new FoldedText(original, original, null);
        }
        StringBuilder text = new StringBuilder(original.length());
        int[] places = new int[original.length() + 16];
        int at = 0;
        while (at < original.length()) {
            int point = original.codePointAt(at);
            if (!unseen(point)) {
                String form = form(point);
                if (text.length() + form.length() > places.length) {
                    places = Arrays.copyOf(places, 2 * places.length + form.length());
                }
                Arrays.fill(places, text.length(), text.length() + form.length(), at);
                text.append(form);
            }
            at += Character.charCount(point);
        }
        return new FoldedText(original, text.toString(), places);
    }

    String text() {
        return text;
    }

    /** Ligatures of whole Arabic phrases stay as they are: they would make a text many times as long. */
    private static String form(int point) {
        String one = Character.toString(point);
        String form = point < 0x80 ? one : Normalizer.normalize(one, Normalizer.Form.NFKC);
        return form.length() > LONGEST_FORM ? one : form;
    }

    /** What a range of the folded text was found as, in the original. */
    Finding finding(String kind, int start, int end) {
        if (places == null || end <= start) {
            return new Finding(kind, start, end);
        }
        int last = places[end - 1];
        return new Finding(kind, places[start], last + Character.charCount(original.codePointAt(last)));
    }

    /** Format characters such as zero-width joiners, soft hyphens, direction marks and tags, and variation selectors. */
    private static boolean unseen(int point) {
        return point >= 0x80
                && (Character.getType(point) == Character.FORMAT
                        || point == 0x034F
                        || point == 0x115F
                        || point == 0x1160
                        || point == 0x3164
                        || (point >= 0xFE00 && point <= 0xFE0F)
                        || (point >= 0xE0100 && point <= 0xE01EF));
    }
}
