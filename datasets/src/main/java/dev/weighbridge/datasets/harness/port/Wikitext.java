package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.TaskSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** WikiText, asked without the marks of its tokens and counted with them. */
final class Wikitext implements PortedModule {
    /** What is replaced, one after the other, before brackets and quotes and after them. */
    private static final List<String[]> BEFORE = List.of(
            new String[] {" @-@ ", "-"},
            new String[] {" @,@ ", ","},
            new String[] {" @.@ ", "."},
            new String[] {" : ", ": "},
            new String[] {" ; ", "; "},
            new String[] {" . ", ". "},
            new String[] {" ! ", "! "},
            new String[] {" ? ", "? "},
            new String[] {" , ", ", "});

    private static final List<String[]> AFTER = List.of(
            new String[] {"= = = =", "===="},
            new String[] {"= = =", "==="},
            new String[] {"= =", "=="},
            new String[] {" \u00b0 ", "\u00b0"},
            new String[] {" \n", "\n"},
            new String[] {"\n ", "\n"},
            new String[] {" N ", " 1 "},
            new String[] {" 's", "'s"});

    private static final List<String> WITHIN = List.of("()", "[]", "{}", "\"\"", "''");
    private static final Pattern SLASHES = Pattern.compile("/' [0-9]/");

    @Override
    public String id() {
        return "wikitext";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of(
                "a44020374b172159bf5be80a64d2c4194c9d5c77284f696ac666361338c8da7d", "wikitext/preprocess_wikitext.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "wikitext_detokenizer",
                (PortedFunction.Value) Wikitext::page,
                "process_results",
                new PortedFunction.Results(
                        List.of(new TaskSet.Rule("perplexity", Map.of("column", "page"))),
                        List.of("word_perplexity", "byte_perplexity", "bits_per_byte")));
    }

    private static Object page(Map<String, @Nullable Object> row) {
        // The original puts the words of its own expression where it finds a digit between slashes; so must this.
        String text =
                SLASHES.matcher(Cells.text(row, "page").replace("s '", "s'")).replaceAll("/'[0-9]/");
        for (String[] change : BEFORE) {
            text = text.replace(change[0], change[1]);
        }
        for (String marks : WITHIN) {
            text = Brackets.tightened(text, marks.charAt(0), marks.charAt(1));
        }
        for (String[] change : AFTER) {
            text = text.replace(change[0], change[1]);
        }
        return text;
    }
}
