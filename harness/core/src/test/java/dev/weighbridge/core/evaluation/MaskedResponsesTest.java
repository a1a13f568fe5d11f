package dev.weighbridge.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.results.ResponseRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaskedResponsesTest {
    @Test
    void noTextOfAResponseKeepsPersonalData() {
        String mail = "ann@example.org";
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("question", "write to " + mail);
        row.put("deep", List.of(Map.of("to", mail), 7));
        ResponseRecord response = new ResponseRecord(
                3,
                "s3",
                "Who is " + mail + "?",
                List.of(mail),
                List.of("a", mail),
                "s3",
                row,
                "hash",
                List.of(new ResponseRecord.Reply("It is " + mail, -1.5, true, 4, 2, "stop", 9)),
                null,
                new ResponseRecord.Cloze(List.of(mail, "x"), mail));
        ResponseRecord masked = MaskedResponses.masked(response);
        assertThat(masked.toString()).doesNotContain("ann@");
        assertThat(masked.prompt()).isEqualTo("Who is [EMAIL]?");
        assertThat(masked.replies().get(0))
                .isEqualTo(new ResponseRecord.Reply("It is [EMAIL]", -1.5, true, 4, 2, "stop", 9));
        assertThat(masked.docHash()).as("a resumed evaluation finds it again").isEqualTo("hash");
        assertThat(masked.row().get("deep")).isEqualTo(List.of(Map.of("to", "[EMAIL]"), 7));
    }
}
