package dev.weighbridge.pages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HtmlTableTest {
    @Test
    void aCellOfAStackedTableCarriesItsHeadingAndUnit() {
        Markup html = new Markup();
        HtmlTable table = HtmlTable.stacked(html, "t", "Prices");
        table.heading("Hardware").numbers("Price", "$ / hour").heading("Note").rows("ranked");
        table.row("").head("cpu-2").number("0.096", 0.096).text("a").endRow();
        table.row("").head("cpu-4").none().text("b").endRow();
        table.end();
        assertThat(html.toString())
                .contains("<caption id=\"t-caption\"><span>Prices</span></caption>")
                .contains("<td class=\"n\" data-label=\"Price, $ / hour\">0.096</td>")
                .contains("<td class=\"n none\" data-label=\"Price, $ / hour\">–</td>")
                .contains("<td class=\"short\" data-label=\"Note\">b</td>");
    }

    @Test
    void theFirstPartOfANameStandsForTheWholeAndTheOthersCanBeLeftOut() {
        Markup html = new Markup();
        HtmlTable table = new HtmlTable(html, "t", "Variants", true);
        table.part("Engine").part("Precision").heading("Status").rows("ranked");
        table.row("")
                .head("pytorch", "pytorch · int8")
                .text("int8")
                .text("valid")
                .endRow();
        table.end();
        assertThat(html.toString())
                .contains("<th scope=\"col\" class=\"named\" aria-sort=\"none\">")
                .contains("<th scope=\"row\" class=\"named\" aria-label=\"pytorch · int8\"><span>pytorch</span></th>")
                .contains("<td class=\"part short\">int8</td>")
                .contains("<td class=\"short\">valid</td>")
                .doesNotContain("data-label");
    }
}
