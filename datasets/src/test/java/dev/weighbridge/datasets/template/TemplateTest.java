package dev.weighbridge.datasets.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Templates against jinja2 3.1.6: {@code scripts/reference/make_template_fixtures.py} wrote what it makes of them. */
class TemplateTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyTemplateMakesWhatJinja2MakesOfIt() throws IOException {
        List<String> different = new ArrayList<>();
        int rendered = 0;
        int refused = 0;
        try (InputStream in = TemplateTest.class.getResourceAsStream("jinja2.jsonl.gz");
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8))) {
            List<Map<String, @Nullable Object>> rows =
                    JSON.convertValue(JSON.readTree(lines.readLine()).get("rows"), new TypeReference<>() {});
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode expected = JSON.readTree(line);
                String template = expected.get("template").asText();
                String text = render(template, rows.get(expected.get("row").asInt()));
                if (expected.has("error")) {
                    refused++;
                    if (text != null) {
                        different.add("refused by jinja2: " + template + " gave " + text);
                    }
                } else {
                    rendered++;
                    if (!expected.get("text").asText().equals(text)) {
                        different.add(template + " gave " + text + " not "
                                + expected.get("text").asText());
                    }
                }
            }
        }
        assertThat(different).isEmpty();
        assertThat(rendered).isGreaterThan(1000);
        assertThat(refused).isGreaterThan(200);
    }

    private static @Nullable String render(String template, Map<String, @Nullable Object> row) {
        try {
            return Template.parse(template).render(row);
        } catch (TemplateException e) {
            return null;
        }
    }

    @Test
    void anUnknownNameSaysWhatThereIs() {
        assertThatThrownBy(() -> Template.parse("{{ qestion }}").render(Map.of("question", "?", "answer", 1)))
                .isInstanceOf(TemplateException.class)
                .hasMessage("there is no 'qestion'. There is [answer, question].");
    }

    @Test
    void onePlaceAloneKeepsItsValue() {
        assertThat(Template.parse("{{ choices[1:] }}").value(Map.of("choices", List.of("a", "b"))))
                .isEqualTo(List.of("b"));
        assertThat(Template.parse("{{ n }}").value(Map.of("n", 3))).isEqualTo(3);
        assertThat(Template.parse(" {{ n }}").value(Map.of("n", 3))).isEqualTo(" 3");
    }

    @Test
    void workIsBounded() {
        String loops = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        assertThatThrownBy(() -> Template.parse(loops).render(Map.of()))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("steps");
        String text = "{% for a in range(9999) %}{{ 'x' * 99999 }}{% endfor %}";
        assertThatThrownBy(() -> Template.parse(text).render(Map.of()))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("characters for one row");
        assertThatThrownBy(() -> Template.parse("{{ t | regex_replace('(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^x]', '') }}")
                        .render(Map.of("t", "x".repeat(60))))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("regular expression looked");
        assertThatThrownBy(() -> Template.parse("{{ " + "(".repeat(5000) + "1")).isInstanceOf(TemplateException.class);
    }
}
