package dev.weighbridge.gateway.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PiiMaskingTest {
    private static final int LEAST = 20;
    private static final List<PiiFixture> FIXTURES = PiiFixture.all();

    @ParameterizedTest
    @EnumSource
    void everyFixtureOfAKindIsFoundExactlyOrNotAtAll(PiiKind kind) {
        List<PiiFixture> ofKind =
                FIXTURES.stream().filter(f -> f.kind() == kind).toList();
        assertThat(ofKind.stream().filter(PiiFixture::positive)).hasSizeGreaterThanOrEqualTo(LEAST);
        assertThat(ofKind.stream().filter(f -> !f.positive())).hasSizeGreaterThanOrEqualTo(LEAST);
        Map<String, List<Finding>> wrong = new LinkedHashMap<>();
        for (PiiFixture fixture : ofKind) {
            List<Finding> found = new ArrayList<>(PiiMasking.find(fixture.text(), Set.of(kind)));
            found.sort(Comparator.comparingInt(Finding::start));
            if (!found.equals(fixture.expected())) {
                wrong.put(fixture.text(), found);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void allKindsTogetherFindWhatEachFindsAlone() {
        Map<String, List<Finding>> wrong = new LinkedHashMap<>();
        for (PiiFixture fixture : FIXTURES) {
            List<Finding> found = PiiMasking.find(fixture.text(), PiiMasking.ALL);
            if (!found.containsAll(fixture.expected())) {
                wrong.put(fixture.text(), found);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void masksTakeTheDataAndLeaveTheRest() {
        assertThat(PiiMasking.mask("Jane (jane@example.org, +44 20 7946 0958), born on 12 March 1987.", PiiMasking.ALL))
                .isEqualTo("Jane ([EMAIL], [PHONE]), born on [BIRTH_DATE].");
        assertThat(PiiMasking.mask("card 4111 1111 1111 1111 from 203.0.113.7", Set.of(PiiKind.IP)))
                .isEqualTo("card 4111 1111 1111 1111 from [IP]");
    }

    @Test
    void aMaskedTextIsLeftAsItIs() {
        for (PiiFixture fixture : FIXTURES) {
            String masked = PiiMasking.mask(fixture.text(), PiiMasking.ALL);
            assertThat(PiiMasking.mask(masked, PiiMasking.ALL)).isEqualTo(masked);
        }
    }

    @Test
    void anUnknownKindIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> PiiKind.of("name"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown kind 'name'")
                .hasMessageContaining("birth-date");
    }

    /** Each of these makes an expression that tries again from every place, or at every length, take for ever. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "@",
                "a@",
                "a.",
                "a@b.",
                "1",
                "1-",
                "+1",
                "+1 ",
                "(1)",
                "4111 ",
                "4111-",
                ":",
                "a:",
                "1:",
                "1.",
                "DE89 ",
                "born ",
                "born on 1",
                "password=",
                "password: a1",
                "-----BEGIN PRIVATE KEY-----",
                "eyJ",
                "sk-",
                "call ",
                "call 1 ",
                "\uFF11",
                "\u200B"
            })
    @Timeout(10)
    void aLongHostileTextTakesNoLonger(String piece) {
        String text = piece.repeat(100_000 / piece.length());
        assertThat(PiiMasking.mask(text, PiiMasking.ALL)).isNotNull();
    }
}
