package dev.weighbridge.scoring.text;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether two answers to a problem of mathematics are the same but for how they are written, by the rules of the MATH data set
 * (Hendrycks et al., arXiv 2103.03874): LaTeX spacing, units, degrees, percent signs, {@code x =} before the value, fractions and
 * roots in short form.
 */
public final class MathAnswer {
    private static final Pattern WHOLE_FRACTION = Pattern.compile("(-?(?:0|[1-9]\\d*))/(-?(?:0|[1-9]\\d*))");
    private static final Pattern FRACTION = Pattern.compile("(-?)\\\\frac\\{(-?\\d+)\\}\\{(-?\\d+)\\}");
    private static final Pattern DECIMAL = Pattern.compile("-?\\d+(?:,\\d{3})*(?:\\.\\d*)?");

    private MathAnswer() {}

    /** Equal by the rules of the data set. */
    public static boolean equivalent(String answer, String target) {
        Optional<String> own = plain(answer);
        Optional<String> right = plain(target);
        boolean both = own.isPresent() && right.isPresent();
        return both ? own.equals(right) : answer.equals(target);
    }

    /** Equal by the rules of the data set, or the same number: {@code 0.25}, {@code 1/4} and {@code \frac{2}{8}}. */
    public static boolean sameValue(String answer, String target) {
        return equivalent(answer, target)
                || plain(answer)
                        .flatMap(MathAnswer::number)
                        .flatMap(
                                own -> plain(target).flatMap(MathAnswer::number).map(right -> equal(own, right)))
                        .orElse(false);
    }

    /** What the last {@code \boxed} or {@code \fbox} of a solution holds; empty when there is none or it is not closed. */
    public static Optional<String> boxed(String solution) {
        int spaced = solution.lastIndexOf("\\boxed ");
        if (spaced >= 0) {
            String after = solution.substring(spaced + "\\boxed ".length());
            int end = after.indexOf('$');
            return Optional.of(end < 0 ? after : after.substring(0, end));
        }
        int at = solution.lastIndexOf("\\boxed");
        at = at < 0 ? solution.lastIndexOf("\\fbox") : at;
        int open = at < 0 ? -1 : solution.indexOf('{', at);
        int depth = 0;
        for (int i = open; i >= 0 && i < solution.length(); i++) {
            depth += solution.charAt(i) == '{' ? 1 : solution.charAt(i) == '}' ? -1 : 0;
            if (depth == 0) {
                return Optional.of(solution.substring(open + 1, i));
            }
        }
        return Optional.empty();
    }

    /** The answer in one way of writing; empty where the rules give up, as on a unit that is there twice. */
    private static Optional<String> plain(String text) {
        String plain = text.replace("\n", "").replace("\\!", "").replace("\\\\", "\\");
        plain = plain.replace("tfrac", "frac")
                .replace("dfrac", "frac")
                .replace("\\left", "")
                .replace("\\right", "");
        plain = plain.replace("^{\\circ}", "").replace("^\\circ", "").replace("\\$", "");
        int unit = plain.indexOf("\\text{ ");
        if (unit >= 0) {
            if (plain.indexOf("\\text{ ", unit + 1) >= 0) {
                return Optional.empty();
            }
            plain = plain.substring(0, unit);
        }
        plain = plain.replace("\\%", "").replace(" .", " 0.").replace("{.", "{0.");
        if (plain.isEmpty()) {
            return Optional.of(plain);
        }
        plain = plain.startsWith(".") ? "0" + plain : plain;
        int equals = plain.indexOf('=');
        if (equals >= 0 && equals <= 2 && plain.indexOf('=', equals + 1) < 0) {
            plain = plain.substring(equals + 1);
        }
        return roots(plain)
                .map(rooted -> rooted.replace(" ", ""))
                .flatMap(MathAnswer::fractions)
                .flatMap(written -> slashed(written.equals("0.5") ? "\\frac{1}{2}" : written));
    }

    private static Optional<String> roots(String text) {
        List<String> parts = List.of(text.split(Pattern.quote("\\sqrt"), -1));
        StringBuilder out = new StringBuilder(parts.get(0));
        for (String part : parts.subList(1, parts.size())) {
            if (part.isEmpty()) {
                return Optional.empty();
            }
            out.append("\\sqrt");
            int first = part.codePointAt(0);
            if (first == '{') {
                out.append(part);
            } else {
                out.append('{').appendCodePoint(first).append('}').append(part.substring(Character.charCount(first)));
            }
        }
        return Optional.of(out.toString());
    }

    private static Optional<String> fractions(String text) {
        List<String> parts = List.of(text.split(Pattern.quote("\\frac"), -1));
        StringBuilder out = new StringBuilder(parts.get(0));
        for (String part : parts.subList(1, parts.size())) {
            if (part.isEmpty()) {
                return Optional.empty();
            }
            out.append("\\frac");
            if (part.startsWith("{")) {
                out.append(part);
                continue;
            }
            int above = Character.charCount(part.codePointAt(0));
            if (part.length() == above) {
                return Optional.of(text);
            }
            int below = Character.charCount(part.codePointAt(above));
            out.append('{').append(part, 0, above).append('}');
            String rest = part.substring(above + below);
            String second = part.substring(above, above + below);
            out.append(second.equals("{") ? "{" + rest : "{" + second + "}" + rest);
        }
        return Optional.of(out.toString());
    }

    private static Optional<String> slashed(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || text.indexOf('/', slash + 1) >= 0) {
            return Optional.of(text);
        }
        Matcher fraction = WHOLE_FRACTION.matcher(text);
        if (fraction.matches()) {
            return Optional.of(
                    text.contains("-0") ? text : "\\frac{" + fraction.group(1) + "}{" + fraction.group(2) + "}");
        }
        boolean bothWhole = text.substring(0, slash).strip().matches("[+-]?\\d+(?:_\\d+)*")
                && text.substring(slash + 1).strip().matches("[+-]?\\d+(?:_\\d+)*");
        // The reference fails to read what is no number and then compares the texts as they came.
        return bothWhole ? Optional.of(text) : Optional.empty();
    }

    /** Numerator and denominator of a plain number or fraction. */
    private static Optional<BigInteger[]> number(String text) {
        Matcher fraction = FRACTION.matcher(text);
        if (fraction.matches()) {
            BigInteger above =
                    new BigInteger(fraction.group(1) + fraction.group(2).replace("-", ""));
            above = fraction.group(2).startsWith("-") ? above.negate() : above;
            BigInteger below = new BigInteger(fraction.group(3));
            return below.signum() == 0 ? Optional.empty() : Optional.of(new BigInteger[] {above, below});
        }
        if (text.length() > 1000 || !DECIMAL.matcher(text).matches()) {
            return Optional.empty();
        }
        String digits = text.replace(",", "");
        int point = digits.indexOf('.');
        int places = point < 0 ? 0 : digits.length() - point - 1;
        return Optional.of(new BigInteger[] {new BigInteger(digits.replace(".", "")), BigInteger.TEN.pow(places)});
    }

    private static boolean equal(BigInteger[] a, BigInteger[] b) {
        return a[0].multiply(b[1]).equals(b[0].multiply(a[1]));
    }
}
