package dev.weighbridge.gateway.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Addresses of e-mail: the dot-atom form of RFC 5322 section 3.4.1, at most 64 characters before the {@code @} (RFC 5321 section
 * 4.5.3.1.1), at a domain of at least two labels. Quoted local parts and addresses at an IP are not found. Files such as
 * {@code icon@2x.png}, the user of a URL, and {@code git@host:path} are no addresses.
 */
final class EmailFinder implements Finder {
    private static final String ATOM = "\\p{L}\\p{N}_%+'-";
    private static final Pattern ADDRESS = Pattern.compile("(?<![." + ATOM + "])([\\p{L}\\p{N}_][." + ATOM
            + "]{0,63}+)@((?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?\\.){1,8}(\\p{L}{2,24}))"
            + "(?![\\p{L}\\p{N}_@]|-[\\p{L}\\p{N}]|:[\\p{L}\\p{N}_~/.-])");
    private static final Set<String> FILES = Set.of(
            "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "bmp", "js", "mjs", "ts", "css", "json", "html", "md",
            "txt", "pdf", "zip", "tar", "gz", "exe", "dll", "so", "jar", "yaml", "yml", "xml", "csv", "log");

    @Override
    public List<Span> find(String text) {
        List<Span> spans = new ArrayList<>();
        int at = text.indexOf('@');
        Matcher matcher = ADDRESS.matcher(text);
        while (at >= 0) {
            // Only around an @ can there be one; a look at every word of a long text would cost much.
            int from =
                    Math.max(spans.isEmpty() ? 0 : spans.get(spans.size() - 1).end(), at - 65);
            matcher.region(from, text.length()).useTransparentBounds(true).useAnchoringBounds(false);
            if (!matcher.find()) {
                break;
            }
            if (address(text, matcher)) {
                spans.add(new Span(matcher.start(), matcher.end()));
            }
            at = text.indexOf('@', Math.max(at + 1, matcher.end()));
        }
        return spans;
    }

    private static boolean address(String text, Matcher matcher) {
        String local = matcher.group(1);
        boolean userOfUrl = matcher.start() >= 2 && text.startsWith("//", matcher.start() - 2);
        return !userOfUrl
                && !local.endsWith(".")
                && !local.contains("..")
                && !FILES.contains(matcher.group(3).toLowerCase(Locale.ROOT));
    }
}
