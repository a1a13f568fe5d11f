package dev.weighbridge.analysis.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTextTest {
    @Test
    void controlCharactersAndDirectionMarksAreReplaced() {
        assertThat(SafeText.clean("a\u0000b\u001B[31mc\u202Ed\u2067e\nf\tg"))
                .isEqualTo("a\uFFFDb\uFFFD[31mc\uFFFDd\uFFFDe f g");
    }

    @Test
    void aLoneSurrogateIsReplacedAndAPairIsKept() {
        assertThat(SafeText.clean("x\uD83Dy \uD83D\uDE00")).isEqualTo("x\uFFFDy \uD83D\uDE00");
    }

    @Test
    void longTextIsCutWithoutCuttingACharacterInTwo() {
        String cut = SafeText.clean("\uD83D\uDE00".repeat(10), 4);
        assertThat(cut).isEqualTo("\uD83D\uDE00".repeat(3) + "…");
        assertThat(SafeText.clean("abcd", 4)).isEqualTo("abcd");
    }

    @Test
    void htmlIsEscapedForContentAndAttributes() {
        assertThat(SafeText.html("<a href=\"x\" b='&'>")).isEqualTo("&lt;a href=&quot;x&quot; b=&#39;&amp;&#39;&gt;");
    }

    @Test
    void markdownSeesNoMarkupLinkOrCell() {
        assertThat(SafeText.markdown("a|b *c* [d](e) <f> `g` https://h @i"))
                .isEqualTo(
                        "a\\|b \\*c\\* \\[d\\]\\(e\\) &lt;f&gt; \\`g\\` https&#58;// h &#64;i".replace("// h", "//h"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+cmd", "-cmd", "@SUM(A1)", " =1", "\t=1", "|calc", "%x"})
    void whatStartsLikeAFormulaIsDisarmed(String text) {
        assertThat(SafeText.cell(text)).startsWith("'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1.5", "+2", "-1e-9", "fp32", "a=b", "1,234"})
    void numbersAndPlainTextStayAsTheyAre(String text) {
        assertThat(SafeText.cell(text)).isEqualTo(text);
    }

    @Test
    void csvIsQuotedWhereItMustBe() {
        assertThat(SafeText.csv("a,\"b\"")).isEqualTo("\"a,\"\"b\"\"\"");
        assertThat(SafeText.csv("plain text")).isEqualTo("plain text");
        assertThat(SafeText.csv("two\nlines")).isEqualTo("two lines");
    }

    @Test
    void jsonInAScriptCannotEndTheScript() {
        assertThat(SafeText.script("{\"a\":\"</script><!--&\u2028\"}"))
                .isEqualTo("{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\"}");
    }
}
