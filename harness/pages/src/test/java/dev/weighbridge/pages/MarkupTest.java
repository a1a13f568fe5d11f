package dev.weighbridge.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MarkupTest {
    @Test
    void textAndAttributesAreEscaped() {
        assertThat(new Markup().element("b", "<i>", "title", "\"x\"").toString())
                .isEqualTo("<b title=\"&quot;x&quot;\">&lt;i&gt;</b>");
    }

    @Test
    void aPhraseBreaksAtItsSpacesAlone() {
        assertThat(new Markup().phrase("Deploy int8-8 at <95 %").toString())
                .isEqualTo("Deploy <span class=\"word\">int8-8</span> at &lt;95\u00A0%");
    }

    @Test
    void elementsCloseInTheirOrder() {
        assertThat(new Markup()
                        .open("b")
                        .open("i")
                        .text("x")
                        .close()
                        .empty("br")
                        .close()
                        .toString())
                .isEqualTo("<b><i>x</i><br /></b>");
    }

    @Test
    void anOpenElementIsRefused() {
        Markup markup = new Markup().open("b");
        assertThatThrownBy(markup::toString)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("b");
    }

    @Test
    void contentThatWouldEndItsElementIsRefused() {
        assertThatThrownBy(() -> new Markup().verbatim("script", "</script>"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void halfAnAttributeIsRefused() {
        assertThatThrownBy(() -> new Markup().open("b", "title")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPageLetsInItsOwnStyleAndScriptAlone() {
        PageResource script = new PageResource("alert(1)");
        String page = Page.of("<t>", new Markup().element("p", "x"), Page.STYLE, script);
        assertThat(page)
                .startsWith("<!DOCTYPE html>\n<html lang=\"en\">")
                .contains("<title>&lt;t&gt;</title>")
                .contains("default-src &#39;none&#39;")
                .contains("script-src &#39;sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=&#39;")
                .contains("style-src &#39;" + Page.STYLE.hash() + "&#39;");
    }
}
