package dev.weighbridge.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class QuestionLoadTest {
    private static final List<Question> REPETITIVE = QuestionLoad.repetitive(5, 8_000, 200, 1, 0.1);
    private static final List<Question> UNIQUE = QuestionLoad.unique(5, 8_000);

    @Test
    void theSameSeedGivesTheSameQuestionsAndAnotherSeedOthers() {
        assertThat(QuestionLoad.repetitive(5, 8_000, 200, 1, 0.1)).isEqualTo(REPETITIVE);
        assertThat(QuestionLoad.unique(5, 8_000)).isEqualTo(UNIQUE);
        assertThat(QuestionLoad.repetitive(6, 8_000, 200, 1, 0.1)).isNotEqualTo(REPETITIVE);
        assertThat(QuestionLoad.unique(5, 3))
                .extracting(Question::prompt)
                .containsExactly(
                        "Please give me the sum of 902 and 954.",
                        "Is it true that 405 is more than 554?",
                        "Is 121 greater than 531?");
        assertThat(REPETITIVE.subList(0, 3))
                .extracting(Question::prompt)
                .containsExactly(
                        "Tell me whether 121 is above 531.",
                        "How old does Boris, born in 1930, become in 2021?",
                        "Looking at the name Boris, what letters aren't vowels?");
    }

    @Test
    void noTwoUniqueQuestionsHaveTheSamePrompt() {
        assertThat(UNIQUE).extracting(Question::prompt).doesNotHaveDuplicates();
        assertThat(UNIQUE).extracting(Question::origin).containsOnly(Question.Origin.ASKED);
    }

    @Test
    void aPromptHasOneRightAnswerAndAnAnswerSeveralPrompts() {
        Map<String, String> answers = new HashMap<>();
        Map<String, Set<String>> prompts = new HashMap<>();
        for (Question question : REPETITIVE) {
            String before = answers.putIfAbsent(question.prompt(), question.answer());
            assertThat(before).isIn(null, question.answer());
            prompts.computeIfAbsent(question.answer(), absent -> new HashSet<>())
                    .add(question.prompt());
        }
        assertThat(prompts.values().stream().mapToInt(Set::size).average().orElseThrow())
                .isGreaterThan(1.5);
        assertThat(REPETITIVE.toString()).doesNotContain("{").doesNotContain("}");
    }

    @Test
    void answersAreRight() {
        check("What is (\\d+) plus (\\d+)\\?", (m, n) -> String.valueOf(Integer.parseInt(m) + Integer.parseInt(n)));
        check("How many minutes are (\\d+)( )hours\\?", (m, n) -> Integer.parseInt(m) * 60 + " minutes");
        check(
                "Is (\\d+) greater than (\\d+)\\?",
                (m, n) -> Integer.parseInt(m) > Integer.parseInt(n)
                        ? "yes, " + m + " is greater than " + n
                        : "no, " + m + " is not greater than " + n);
        check(
                "Is (\\d+) not greater than (\\d+)\\?",
                (m, n) -> Integer.parseInt(m) > Integer.parseInt(n)
                        ? "no, " + m + " is greater than " + n
                        : "yes, " + m + " is not greater than " + n);
        check("Which letters of the name (\\w)(\\w+) are vowels\\?", (m, n) -> letters(m + n, "[^aeiou]"));
        check("Which letters of the name (\\w)(\\w+) are not vowels\\?", (m, n) -> letters(m + n, "[aeiou]"));
        check(
                "Spell the name (\\w)(\\w+) backwards.",
                (m, n) -> new StringBuilder(m + n).reverse().toString().toLowerCase(Locale.ROOT));
        check("Which numbers from 1 to (\\d+) are multiples of (\\d)\\?", (m, n) -> {
            List<String> multiples = new ArrayList<>();
            for (int i = Integer.parseInt(n); i <= Integer.parseInt(m); i += Integer.parseInt(n)) {
                multiples.add(String.valueOf(i));
            }
            return String.join(", ", multiples);
        });
    }

    private static String letters(String name, String left) {
        return String.join(
                ", ", name.toLowerCase(Locale.ROOT).replaceAll(left, "").split("(?!^|$)", -1));
    }

    private static void check(String pattern, BiFunction<String, String, String> answer) {
        Pattern compiled = Pattern.compile(pattern);
        int seen = 0;
        for (Question question : UNIQUE) {
            Matcher matcher = compiled.matcher(question.prompt());
            if (matcher.matches()) {
                seen++;
                assertThat(question.answer()).isEqualTo(answer.apply(matcher.group(1), matcher.group(2)));
            }
        }
        assertThat(seen).as(pattern).isPositive();
    }

    @Test
    void howOftenAThingIsAskedFollowsZipfsLaw() {
        Map<String, Integer> counts = new HashMap<>();
        QuestionLoad.repetitive(7, 20_000, 200, 1, 0).forEach(q -> counts.merge(q.answer() + kind(q), 1, Integer::sum));
        List<Integer> sorted = new ArrayList<>(counts.values());
        sorted.sort((a, b) -> b - a);
        // The share of rank 1 of 200 is 1 / H(200) = 0.170.
        assertThat(sorted.get(0)).isBetween(3_200, 3_800);
        assertThat(sorted.get(9)).isBetween(260, 440);
        assertThat(QuestionLoad.repetitive(7, 5_000, 200, 0, 0).stream()
                        .map(Question::prompt)
                        .distinct()
                        .count())
                .isGreaterThan(500);
    }

    /** Answers of different topics may be the same; the number of numbers tells topics apart roughly. */
    private static String kind(Question question) {
        return Token.of(question.prompt()).stream()
                .filter(token -> token.kind() == Token.Kind.NUMBER)
                .map(Token::text)
                .sorted()
                .toList()
                .toString();
    }

    @Test
    void aNearDuplicateIsAsAnotherPromptButForOneThing() {
        Set<List<String>> asked = new HashSet<>();
        Map<Question.Origin, Integer> seen = new HashMap<>();
        int near = 0;
        for (Question question : REPETITIVE) {
            List<String> words =
                    Token.of(question.prompt()).stream().map(Token::text).toList();
            if (question.origin() == Question.Origin.ASKED) {
                asked.add(words);
            } else {
                seen.merge(question.origin(), 1, Integer::sum);
                near += asked.stream().anyMatch(other -> differ(other, words)) ? 1 : 0;
            }
        }
        assertThat(seen)
                .containsOnlyKeys(Question.Origin.OTHER_NUMBER, Question.Origin.NEGATED, Question.Origin.OTHER_NAME);
        int all = seen.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(all).isBetween(700, 900);
        // Those of a thing that was not asked yet have nothing to be near to.
        assertThat(near).isGreaterThan(all * 9 / 10);
    }

    private static boolean differ(List<String> first, List<String> second) {
        List<String> more = new ArrayList<>(first.size() >= second.size() ? first : second);
        List<String> fewer = new ArrayList<>(first.size() >= second.size() ? second : first);
        if (more.size() == fewer.size()) {
            int differences = 0;
            for (int i = 0; i < more.size(); i++) {
                differences += more.get(i).equals(fewer.get(i)) ? 0 : 1;
            }
            return differences == 1;
        }
        more.remove("not");
        return more.equals(fewer);
    }

    @Test
    void sharesAndCountsOutOfBoundsAreRefused() {
        assertThatThrownBy(() -> QuestionLoad.unique(1, 200_001)).hasMessageContaining("questions");
        assertThatThrownBy(() -> QuestionLoad.repetitive(1, 10, 0, 1, 0)).hasMessageContaining("distinct");
        assertThatThrownBy(() -> QuestionLoad.repetitive(1, 10, 1, -1, 0)).hasMessageContaining("exponent");
        assertThatThrownBy(() -> QuestionLoad.repetitive(1, 10, 1, 1, Double.NaN))
                .hasMessageContaining("nearDuplicates");
    }
}
