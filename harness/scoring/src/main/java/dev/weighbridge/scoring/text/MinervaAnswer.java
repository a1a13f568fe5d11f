package dev.weighbridge.scoring.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers to problems of mathematics as Minerva was judged (Lewkowycz et al., arXiv 2206.14858, appendix D), by the rules of
 * lm-evaluation-harness 0.4.13 ({@code tasks/minerva_math/utils.py}): what follows {@code Final Answer: The final answer is}, brought into
 * one way of writing. There an algebra system says whether two answers are the same; here {@link LatexValue} does.
 */
public final class MinervaAnswer {
    private static final int DOT = Pattern.UNIX_LINES;
    private static final Pattern FINAL =
            Pattern.compile("Final Answer: The final answer is(.*?). I hope it is correct.", DOT);
    private static final String NONE = "[invalidanswer]";
    private static final List<String[]> REPLACED = List.of(
            pair("an ", ""),
            pair("a ", ""),
            pair(".$", "$"),
            pair("\\$", ""),
            pair("\\ ", ""),
            pair(" ", ""),
            pair("mbox", "text"),
            pair(",\\text{and}", ","),
            pair("\\text{and}", ","),
            pair("\\text{m}", "\\text{}"));
    private static final List<String> REMOVED = List.of(
            "square",
            "ways",
            "integers",
            "dollars",
            "mph",
            "inches",
            "ft",
            "hours",
            "km",
            "units",
            "\\ldots",
            "sue",
            "points",
            "feet",
            "minutes",
            "digits",
            "cents",
            "degrees",
            "cm",
            "gm",
            "pounds",
            "meters",
            "meals",
            "edges",
            "students",
            "childrentickets",
            "multiples",
            "\\text{s}",
            "\\text{.}",
            "\\text{\ns}",
            "\\text{}^2",
            "\\text{}^3",
            "\\text{\n}",
            "\\text{}",
            "\\mathrm{th}",
            "^\\circ",
            "^{\\circ}",
            "\\;",
            ",\\!",
            "{,}",
            "\"",
            "\\dots");
    private static final Pattern COMMAND = Pattern.compile("\\\\[a-zA-Z]+");
    private static final Pattern IN_DOLLARS = Pattern.compile("(.*?)(\\$)(.*?)(\\$)(.*)", DOT);
    private static final Pattern TEXT = Pattern.compile("(\\\\text\\{)(.*?)(\\})", DOT);
    private static final Pattern BOLD = Pattern.compile("(\\\\textbf\\{)(.*?)(\\})", DOT);
    private static final Pattern OVERLINE = Pattern.compile("(\\\\overline\\{)(.*?)(\\})", DOT);
    private static final Pattern BOXED = Pattern.compile("(\\\\boxed\\{)(.*)(\\})", DOT);
    private static final Pattern SHORT_FRACTION = Pattern.compile("(frac)([^{])(.)", DOT);
    private static final Pattern SHORT_INDEXED_ROOT =
            Pattern.compile("(sqrt)(\\[[^\\]]*\\])(\\w)", DOT | Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SHORT_ROOT = Pattern.compile("(sqrt)(?!\\[)([^{])", DOT);
    private static final Pattern THOUSANDS = Pattern.compile("-?\\d{1,3}(,\\d{3})+");

    private MinervaAnswer() {}

    private static String[] pair(String from, String to) {
        return new String[] {from, to};
    }

    /**
     * Whether what a model wrote ends in the right answer.
     *
     * @param written by the model, with its steps
     * @param target as it stands in the box of the solution
     */
    public static boolean right(String written, String target) {
        Matcher found = FINAL.matcher(written + "I hope it is correct.");
        String own = normalized(found.find() ? NormalizedText.strip(found.group(1)) : NONE);
        String gold = normalized(target);
        return (!own.isEmpty() && own.equals(gold)) || LatexValue.same(own, gold);
    }

    /** An answer in one way of writing. */
    static String normalized(String answer) {
        String text = answer.substring(answer.lastIndexOf('=') + 1);
        for (String word : REMOVED) {
            if (letters(word)) {
                text = Pattern.compile("(?<!\\\\)\\b" + word + "\\b", Pattern.UNICODE_CHARACTER_CLASS)
                        .matcher(text)
                        .replaceAll("");
            }
        }
        for (String[] pair : REPLACED) {
            text = text.replace(pair[0], pair[1]);
        }
        for (String word : REMOVED) {
            text = letters(word) ? outsideCommands(text, word) : text.replace(word, "");
        }
        text = IN_DOLLARS.matcher(text).replaceAll("\\$$3\\$");
        for (Pattern wrapped : List.of(TEXT, BOLD, OVERLINE, BOXED)) {
            text = wrapped.matcher(text).replaceAll("$2");
        }
        text = SHORT_FRACTION.matcher(text).replaceAll("frac{$2}{$3}");
        text = SHORT_INDEXED_ROOT.matcher(text).replaceAll("$1$2{$3}");
        text = SHORT_ROOT.matcher(text).replaceAll("sqrt{$2}");
        text = text.replace("$", "");
        return THOUSANDS.matcher(text).matches() ? text.replace(",", "") : text;
    }

    private static boolean letters(String word) {
        return word.chars().allMatch(Character::isLetter);
    }

    private static String outsideCommands(String text, String word) {
        Matcher command = COMMAND.matcher(text);
        StringBuilder out = new StringBuilder();
        int from = 0;
        while (command.find()) {
            out.append(text.substring(from, command.start()).replace(word, "")).append(command.group());
            from = command.end();
        }
        return out.append(text.substring(from).replace(word, "")).toString();
    }
}
