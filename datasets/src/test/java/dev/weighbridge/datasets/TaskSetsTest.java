package dev.weighbridge.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskSetsTest {
    private static final Pattern QUESTION = Pattern.compile("Record:(?<record>.*) What is the (?<field>\\w+)\\?");

    static Iterable<String> ids() {
        return TaskSets.ids();
    }

    @ParameterizedTest
    @MethodSource("ids")
    void aShippedSetHasTwoHundredDifferentSamples(String id) {
        TaskSet set = TaskSets.load(id);

        assertThat(set.id()).isEqualTo(id);
        assertThat(set.rules().licence()).isEqualTo("Apache-2.0");
        assertThat(set.rules().sha256()).matches("[0-9a-f]{64}");
        assertThat(set.rules().asking().maxTokens()).isPositive();
        assertThat(set.rules().asking().stop()).containsExactly("\n");
        assertThat(set.samples().stream().map(TaskSet.Sample::prompt).collect(Collectors.toSet()))
                .hasSize(200);
        assertThat(set.samples())
                .allSatisfy(sample ->
                        assertThat(sample.prompt()).isEqualTo(sample.prompt().strip()))
                .allSatisfy(sample -> assertThat(sample.cluster()).isEqualTo(sample.id()));
    }

    @Test
    void choicesBelongToMultipleChoiceOnly() {
        TaskSet sentiment = TaskSets.load("demo-sentiment");
        assertThat(sentiment.rules().asking().output()).isEqualTo(TaskSet.Output.MULTIPLE_CHOICE);
        assertThat(sentiment.samples())
                .allSatisfy(sample -> assertThat(sample.choices())
                        .containsExactly(" positive", " negative", " neutral")
                        .containsAll(sample.targets()));

        TaskSet arithmetic = TaskSets.load("demo-arithmetic");
        assertThat(arithmetic.rules().asking().output()).isEqualTo(TaskSet.Output.GENERATE);
        assertThat(arithmetic.samples())
                .allSatisfy(sample -> assertThat(sample.choices()).isEmpty());
    }

    @Test
    void theTargetsAreTheRightAnswers() {
        assertThat(TaskSets.load("demo-arithmetic").samples()).allSatisfy(sample -> {
            String sum = sample.prompt().replace("Compute ", "").replace(" =", "");
            int expected = Arrays.stream(sum.split(" \\+ "))
                    .mapToInt(Integer::parseInt)
                    .sum();
            assertThat(sample.targets().get(0)).isEqualTo(Integer.toString(expected));
        });
        assertThat(TaskSets.load("demo-sorting").samples()).allSatisfy(sample -> {
            String words = sample.prompt().replace("Sort: ", "").replace(" ->", "");
            assertThat(sample.targets().get(0).split(" ")).isSorted().containsExactlyInAnyOrder(words.split(" "));
        });
        assertThat(TaskSets.load("demo-extraction").samples()).allSatisfy(sample -> {
            Matcher matcher = QUESTION.matcher(sample.prompt());
            assertThat(matcher.matches()).as(sample.prompt()).isTrue();
            assertThat(matcher.group("record"))
                    .contains(" " + matcher.group("field") + ": "
                            + sample.targets().get(0) + ";");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo-poetry", "../demo-sorting", ""})
    void anUnknownIdIsRefusedWithTheKnownOnes(String id) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskSets.load(id))
                .withMessageContaining("'" + id + "'")
                .withMessageContaining("demo-arithmetic");
    }

    @Test
    void aChangedLineIsDamage() {
        assertThatIllegalStateException()
                .isThrownBy(() -> parse(manifest("0".repeat(64)), "{}"))
                .withMessageContaining("damaged")
                .withMessageContaining("0".repeat(64));
    }

    @Test
    void aTargetThatIsNoChoiceIsRefused() {
        String line = "{\"id\":\"a\",\"prompt\":\"p\",\"target\":\" x\",\"choices\":[\" y\"]}\n";
        assertThatIllegalStateException()
                .isThrownBy(() -> parse(manifest(sha256(line)), line))
                .withMessageContaining("sample a");
    }

    @Test
    void aSampleThatIsThereTwiceIsRefused() {
        String line = "{\"id\":\"a\",\"prompt\":\"p\",\"target\":\"x\"}\n";
        assertThatIllegalStateException()
                .isThrownBy(() -> parse(manifest(sha256(line + line)), line + line))
                .withMessageContaining("twice");
    }

    @Test
    void samplesOfOneClusterKeepIt() {
        String line = "{\"id\":\"a\",\"prompt\":\"p\",\"target\":\"x\",\"cluster\":\"c\"}\n";
        assertThat(parse(manifest(sha256(line)), line).samples())
                .singleElement()
                .extracting(TaskSet.Sample::cluster)
                .isEqualTo("c");
    }

    private static TaskSet parse(String manifest, String lines) {
        return TaskSets.parse("t", manifest.getBytes(StandardCharsets.UTF_8), lines.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(String text) {
        return TaskSets.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String manifest(String sha256) {
        return "{\"version\":\"1\",\"kind\":\"generate\",\"licence\":\"MIT\",\"max_tokens\":4,\"stop\":[],\"sha256\":\"%s\"}"
                .formatted(sha256);
    }
}
