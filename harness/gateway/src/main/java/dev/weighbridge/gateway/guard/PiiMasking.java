package dev.weighbridge.gateway.guard;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds and masks personal and secret data, for guards and for whatever is stored or logged. Only what has a form is found:
 * names, addresses of houses and free descriptions of a person are not. Full-width and other compatibility forms of characters
 * and characters that are not seen make no difference.
 */
public final class PiiMasking {
    /** Every kind. */
    public static final Set<PiiKind> ALL = Set.copyOf(EnumSet.allOf(PiiKind.class));

    private static final Map<PiiKind, Finder> FINDERS = new EnumMap<>(Map.of(
            PiiKind.API_KEY, new KeyFinder(),
            PiiKind.EMAIL, new EmailFinder(),
            PiiKind.IBAN, new IbanFinder(),
            PiiKind.CARD, new CardFinder(),
            PiiKind.SSN, new SsnFinder(),
            PiiKind.IP, new InternetAddressFinder(),
            PiiKind.BIRTH_DATE, new BirthDateFinder(),
            PiiKind.PHONE, new PhoneFinder()));

    private PiiMasking() {}

    /** The text with {@link PiiKind#mask()} in the place of each finding. Time grows with the text's length alone. */
    public static String mask(String text, Set<PiiKind> kinds) {
        return judge(text, kinds) instanceof Verdict.Masked masked ? masked.text() : text;
    }

    /** {@link Verdict.Masked} where something was found, {@link Verdict.Pass} otherwise. */
    static Verdict judge(String text, Set<PiiKind> kinds) {
        return Masking.apply(
                text, find(text, kinds), finding -> PiiKind.of(finding.kind()).mask());
    }

    /** Where data of these kinds stands; the ranges do not overlap and are in the order of kinds, then of the text. */
    public static List<Finding> find(String text, Set<PiiKind> kinds) {
        FoldedText folded = FoldedText.of(text);
        List<Finding> findings = new ArrayList<>();
        Taken taken = new Taken();
        FINDERS.forEach((kind, finder) -> {
            if (kinds.contains(kind)) {
                for (Finder.Span span : finder.find(folded.text())) {
                    if (taken.add(span)) {
                        findings.add(folded.finding(kind.id(), span.start(), span.end()));
                    }
                }
            }
        });
        return findings;
    }

    /** Ranges that do not overlap. */
    private static final class Taken {
        private final TreeMap<Integer, Finder.Span> byStart = new TreeMap<>();

        boolean add(Finder.Span span) {
            Map.Entry<Integer, Finder.Span> before = byStart.lowerEntry(span.end());
            if (before != null && before.getValue().end() > span.start()) {
                return false;
            }
            byStart.put(span.start(), span);
            return true;
        }
    }
}
