package dev.weighbridge.gateway.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Internet addresses: four numbers from 0 to 255 (RFC 791), and the text forms of RFC 4291 section 2.2. The addresses of one's own
 * machine are nobody's, and four numbers behind "version", "section" and the like are no address. A shortened address of version
 * 6 must begin with a group of at least three digits, as those in use do, because {@code a::b} is a name in programs.
 */
final class InternetAddressFinder implements Finder {
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern FOUR = Pattern.compile("(?<![\\p{L}\\p{N}_:]|[0-9]\\.|-)" + OCTET + "(?:\\." + OCTET
            + "){3}(?![\\p{L}\\p{N}_]|\\.[0-9]|-[\\p{L}\\p{N}])");
    private static final Pattern NUMBERED = Pattern.compile(
            "(?i)(?:\\b(?:version|versions|ver|release|build|firmware|section|sections|clause|chapter|article|oid|rev|revision)"
                    + "|§)[\\s.:#=]{0,3}$");
    private static final Pattern SIX = Pattern.compile("(?<![\\p{L}\\p{N}_:.])(?=[0-9A-Fa-f]*:)[0-9A-Fa-f:]{2,39}"
            + "(?:(?<=:)" + OCTET + "(?:\\." + OCTET + "){3})?(?![\\p{L}\\p{N}_:]|\\.[0-9])");
    private static final Set<String> OWN = Set.of("127.0.0.1", "0.0.0.0", "255.255.255.255");
    private static final int LABEL = 16;
    private static final int GROUPS = 8;

    @Override
    public List<Span> find(String text) {
        List<Span> spans = new ArrayList<>();
        if (text.indexOf(':') >= 0) {
            Matcher six = SIX.matcher(text);
            while (six.find()) {
                // A colon behind an address belongs to the sentence.
                String found = six.group();
                int trailing = found.endsWith(":") && !found.endsWith("::") ? 1 : 0;
                if (six(found.substring(0, found.length() - trailing))) {
                    spans.add(new Span(six.start(), six.end() - trailing));
                }
            }
        }
        Matcher four = FOUR.matcher(text);
        while (four.find()) {
            String before = text.substring(Math.max(0, four.start() - LABEL), four.start());
            if (!OWN.contains(four.group()) && !NUMBERED.matcher(before).find()) {
                spans.add(new Span(four.start(), four.end()));
            }
        }
        return spans;
    }

    private static boolean six(String address) {
        int shortened = address.indexOf("::");
        if (shortened >= 0 && address.indexOf("::", shortened + 1) >= 0) {
            return false;
        }
        boolean embedded = address.indexOf('.') >= 0;
        int groups = embedded ? 1 : 0;
        int digits = 0;
        for (String group : address.split(":", -1)) {
            if (group.length() > 4 && group.indexOf('.') < 0) {
                return false;
            }
            groups += group.isEmpty() ? 0 : 1;
            digits += group.chars().anyMatch(Character::isDigit) ? 1 : 0;
        }
        boolean loneColon = (address.startsWith(":") && !address.startsWith("::"))
                || (address.endsWith(":") && !address.endsWith("::"));
        if (loneColon || digits == 0) {
            return false;
        }
        if (shortened < 0) {
            return groups == GROUPS;
        }
        boolean known = address.indexOf(':') >= 3 || address.startsWith("::ffff:") || address.startsWith("64:ff9b:");
        return groups < GROUPS && known;
    }
}
