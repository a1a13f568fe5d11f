package dev.weighbridge.gateway.guard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys: of services by the prefixes that these publish so that leaked keys can be found (AWS, GitHub, GitLab, Google, Hugging
 * Face, npm, OpenAI, Anthropic, PyPI, SendGrid, Slack, Stripe), JSON web tokens (RFC 7519), private keys (RFC 7468), and values
 * that are called a key, token or password and look drawn at random: letters and digits with an entropy of their characters of at
 * least 3.3 bits. A key by its prefix must have 2.5 bits, which an example such as {@code sk-xxxx…} has not.
 */
final class KeyFinder implements Finder {
    private static final Pattern PREFIXED = Pattern.compile("(?<![A-Za-z0-9_-])(?:(?:AKIA|ASIA)([A-Z0-9]{16})"
            + "|gh[pousr]_([A-Za-z0-9]{36,255})|github_pat_([A-Za-z0-9_]{60,90})|glpat-([A-Za-z0-9_-]{20,60})"
            + "|xox[abeprs]-([A-Za-z0-9-]{20,120})|AIza([A-Za-z0-9_-]{35})|hf_([A-Za-z0-9]{30,40})|npm_([A-Za-z0-9]{36})"
            + "|(?:sk|rk|pk)_(?:live|test)_([A-Za-z0-9]{16,120})|sk-(?:ant-|proj-)?([A-Za-z0-9_-]{20,200})"
            + "|SG\\.([A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{32,64})|pypi-([A-Za-z0-9_-]{50,250})"
            + "|eyJ([A-Za-z0-9_-]{10,2000}\\.eyJ[A-Za-z0-9_-]{10,4000}\\.[A-Za-z0-9_-]{10,2000}))(?![A-Za-z0-9_-])");
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z]{2,12} ){0,2}PRIVATE KEY-----"
            + "[^-]{1,10000}+(?:-[^-]{1,10000}+){0,4}+-----END ([A-Z]{2,12} ){0,2}PRIVATE KEY-----");
    private static final Pattern NAMED = Pattern.compile(
            "(?i)(?:api[ _-]?key|access[ _-]?key|secret(?:[ _-]?key)?|auth[ _-]?token|token|password|passwd|pwd|bearer)"
                    + "[\"']?(?:\\s{0,3}[:=]{1,2}\\s{0,3}|\\s{1,3}is\\s{1,3}|\\s{1,3}(?=[A-Za-z0-9+/_=.~-]{24}))"
                    + "[\"'`]?([A-Za-z0-9+/_=.~-]{16,}+)");
    private static final double PREFIXED_BITS = 2.5;
    private static final double NAMED_BITS = 3.3;

    @Override
    public List<Span> find(String text) {
        List<Span> spans = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            spans.add(new Span(block.start(), block.end()));
        }
        Matcher prefixed = PREFIXED.matcher(text);
        while (prefixed.find()) {
            if (entropy(random(prefixed)) >= PREFIXED_BITS) {
                spans.add(new Span(prefixed.start(), prefixed.end()));
            }
        }
        Matcher named = NAMED.matcher(text);
        while (named.find()) {
            // A full stop behind the value belongs to the sentence.
            String value = named.group(1).replaceAll("\\.++$", "");
            if (drawn(value)) {
                spans.add(new Span(named.start(1), named.start(1) + value.length()));
            }
        }
        return spans;
    }

    private static String random(Matcher matcher) {
        for (int group = 1; group <= matcher.groupCount(); group++) {
            String found = matcher.group(group);
            if (found != null) {
                return found;
            }
        }
        return "";
    }

    private static boolean drawn(String value) {
        boolean digits = value.chars().filter(Character::isDigit).count() >= 2;
        boolean letters = value.chars().anyMatch(Character::isLetter);
        return value.length() >= 16 && digits && letters && entropy(value) >= NAMED_BITS;
    }

    /** Shannon's entropy of the characters as they are spread in the value, in bits. */
    private static double entropy(String value) {
        Map<Character, Integer> counts = new HashMap<>();
        for (int i = 0; i < value.length(); i++) {
            counts.merge(value.charAt(i), 1, Integer::sum);
        }
        double bits = 0;
        for (int count : counts.values()) {
            double share = (double) count / value.length();
            bits -= share * Math.log(share) / Math.log(2);
        }
        return bits;
    }
}
