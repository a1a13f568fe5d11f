package dev.weighbridge.scoring.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.ScoringException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the filters leave of answers. */
class FiltersTest {
    private static final Question NONE = Question.of("", "");

    private static String one(String name, Map<String, Object> options, String answer) {
        return Filters.open(name, options).apply(NONE, List.of(answer)).get(0);
    }

    private static String of(Map<String, Object> row, String name, Map<String, Object> options, String answer) {
        Question question = new Question("", List.of(), List.of(), new HashMap<>(row));
        return Filters.open(name, options).apply(question, List.of(answer)).get(0);
    }

    @Test
    void partsOfAnswersAreTaken() {
        assertThat(one("strip", Map.of(), " a \n")).isEqualTo("a");
        assertThat(one("first-line", Map.of(), "\n\n a\nb")).isEqualTo("a");
        assertThat(one("before", Map.of("text", List.of("Q:", "\n\n")), "42\n\nQ: next"))
                .isEqualTo("42");
        assertThat(one("after-last", Map.of("text", "####"), "1 #### 2 #### 3")).isEqualTo(" 3");
        assertThat(one("remove", Map.of("pattern", "<[^>]*>"), "<b>x</b>")).isEqualTo("x");
        assertThat(one("lower", Map.of(), "ÄB")).isEqualTo("äb");
    }

    @Test
    void matchesAreSelectedAndTheFirstGroupThatHoldsSomethingIsTaken() {
        Map<String, Object> number = Map.of("pattern", "(-?[$0-9.,]{2,})|(-?[0-9]+)", "select", "last");
        assertThat(one("regex", number, "5 apples cost $12, or 7")).isEqualTo("7");
        assertThat(one("regex", Map.of("pattern", "(\\d+)"), "5 or 7")).isEqualTo("5");
        assertThat(one("regex", Map.of("pattern", "a.c"), "xabcx")).isEqualTo("abc");
        assertThat(one("regex", number, "none")).isEqualTo("[invalid]");
        assertThat(one("regex", Map.of("pattern", "\\d", "select", "1"), "1 2 3"))
                .isEqualTo("2");
        assertThat(one("regex", Map.of("pattern", "\\d", "select", "-2"), "1 2 3"))
                .isEqualTo("2");
        assertThat(one("regex", Map.of("pattern", "\\d", "select", "3"), "1 2 3"))
                .isEqualTo("[invalid]");
    }

    @Test
    void knownAnswersArePutInOtherWords() {
        Map<String, Object> letters = Map.of("to", Map.of("yes", "A", 1, "B"), "otherwise", "C");
        assertThat(one("map", letters, "yes")).isEqualTo("A");
        assertThat(one("map", letters, "1")).isEqualTo("B");
        assertThat(one("map", letters, "no")).isEqualTo("C");
        assertThatThrownBy(() -> Filters.open("map", Map.of("to", "A"))).hasMessageContaining("option 'to'");
        assertThat(one("regex", Map.of("pattern", "(x)?y", "fallback", "?"), "y"))
                .isEmpty();
        assertThat(one("regex", Map.of("pattern", "(x)?(z)?y", "fallback", "?"), "y"))
                .isEqualTo("?");
    }

    @Test
    void repeatsAreBroughtTogether() {
        List<String> answers = List.of("b", "a", "a", "b", "c");
        assertThat(Filters.open("majority-vote", Map.of()).apply(NONE, answers)).containsExactly("b");
        assertThat(Filters.open("take-first", Map.of()).apply(NONE, answers)).containsExactly("b");
        assertThat(Filters.open("take-first-k", Map.of("k", 2)).apply(NONE, answers))
                .containsExactly("b", "a");
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatThrownBy(() -> Filters.open("stripe", Map.of()))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("there is no filter 'stripe'. Choose one of [after-last");
        assertThatThrownBy(() -> Filters.open("regex", Map.of("select", "middle")))
                .hasMessageContaining("first, last or the number of a match");
        assertThatThrownBy(() -> Filters.open("strip", Map.of("x", 1))).hasMessageContaining("It has none.");
    }

    @Test
    void theChoiceThatAnAnswerMeansIsFoundByItsLetterItsTextOrALetterAfterAColon() {
        Map<String, Object> row = Map.of(
                "input",
                "Which?\nOptions:\n(A) a red cup\n(B) a red cup of tea\n(C) No, never.",
                "choices",
                List.of("a red cup", "a red cup of tea", "No, never."));
        Map<String, Object> letter =
                Map.of("pattern", "(\\([A-Z]\\))", "capitals", false, "punctuation", false, "column", "input");
        Map<String, Object> listed = new HashMap<>(letter);
        listed.remove("column");
        for (Map<String, Object> options : List.of(letter, listed)) {
            assertThat(of(row, "choice", options, "I take (B)")).isEqualTo("(B)");
            assertThat(of(row, "choice", options, "It is A Red Cup of tea.")).isEqualTo("(B)");
            assertThat(of(row, "choice", options, "no never")).isEqualTo("(C)");
            assertThat(of(row, "choice", options, "Answer: C")).isEqualTo("(C)");
            assertThat(of(row, "choice", options, "who knows")).isEqualTo("[invalid]");
        }
        assertThatThrownBy(() -> of(Map.of(), "choice", letter, "x")).hasMessageContaining("'input'");
    }

    @Test
    void aWordStandsForWhatAnAnswerSays() {
        Map<String, Object> options = Map.of("to", Map.of("\\b(no|not)\\b", "No"), "capitals", false);
        assertThat(one("map-regex", options, "Certainly NOT.")).isEqualTo("No");
        assertThat(one("map-regex", options, "Nothing")).isEqualTo("[invalid]");
        assertThatThrownBy(() -> Filters.open("map-regex", Map.of())).hasMessageContaining("option 'to'");
    }

    @Test
    void wordsOfAListAreTakenWhereTheyStandLast() {
        Map<String, Object> row = Map.of("input", "Sort the words: List: pear apple fig");
        assertThat(of(row, "sort-words", Map.of(), "fig, pear? No: apple fig pear"))
                .isEqualTo("apple fig pear");
        assertThatThrownBy(() -> of(Map.of("input", "none"), "sort-words", Map.of(), "x"))
                .hasMessageContaining("'List:'");
    }

    @Test
    void codeIsPutTogetherWithItsHeadOrTakenOutOfItsBlock() {
        assertThat(of(Map.of("prompt", "def f():\n"), "prepend", Map.of(), "  return 1"))
                .isEqualTo("def f():\n  return 1");
        assertThat(one("code-block", Map.of(), "\nx = 1\n```\nand more")).isEqualTo("x = 1");
        assertThat(one("code-block", Map.of(), "open for ever")).isEmpty();
    }
}
