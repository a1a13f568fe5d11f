package dev.weighbridge.scoring.instruction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.scoring.ScoringException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Verdicts against lm-eval 0.4.13's checker of IFEval; {@code scripts/reference/make_instruction_fixtures.py} wrote them. */
class InstructionFollowingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Kinds that rest on a detector of languages, here another one than the checker's. */
    private static final Set<String> BY_LANGUAGE =
            Set.of("language:response_language", "change_case:english_capital", "change_case:english_lowercase");

    private static List<JsonNode> verdicts() throws IOException {
        List<JsonNode> verdicts = new ArrayList<>();
        try (InputStream in = InstructionFollowingTest.class.getResourceAsStream("verdicts.jsonl.gz");
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                verdicts.add(JSON.readTree(line));
            }
        }
        return verdicts;
    }

    private static InstructionFollowing judged(JsonNode verdict) {
        Map<String, Object> details = JSON.convertValue(verdict.get("details"), new TypeReference<>() {});
        return InstructionFollowing.of(
                "Do it.",
                List.of(verdict.get("id").asText()),
                List.of(details),
                verdict.get("answer").asText());
    }

    @Test
    void everyVerdictIsThatOfTheChecker() throws IOException {
        List<String> different = new ArrayList<>();
        Set<String> kinds = new HashSet<>();
        int compared = 0;
        for (JsonNode verdict : verdicts()) {
            String id = verdict.get("id").asText();
            if (BY_LANGUAGE.contains(id)) {
                continue;
            }
            compared++;
            kinds.add(id);
            InstructionFollowing own = judged(verdict);
            if (own.strict().get(0) != verdict.get("strict").asBoolean()
                    || own.loose().get(0) != verdict.get("loose").asBoolean()) {
                different.add(own + " for " + verdict);
            }
        }
        assertThat(different).isEmpty();
        assertThat(compared).isGreaterThan(2000);
        assertThat(kinds).hasSize(22);
    }

    @Test
    void anotherDetectorOfLanguagesAgreesOnPlainSentences() throws IOException {
        int same = 0;
        List<String> different = new ArrayList<>();
        for (JsonNode verdict : verdicts()) {
            if (BY_LANGUAGE.contains(verdict.get("id").asText())) {
                boolean agrees =
                        judged(verdict).strict().get(0) == verdict.get("strict").asBoolean();
                same += agrees ? 1 : 0;
                if (!agrees) {
                    different.add(verdict.toString());
                }
            }
        }
        assertThat((double) same / (same + different.size()))
                .as(different.toString())
                .isGreaterThanOrEqualTo(0.97);
    }

    @Test
    void everyPublishedPromptCanBeJudged() throws IOException {
        Path file = Path.of("..", "..", "..", "shared", "data", "ifeval", "input_data.jsonl");
        assumeTrue(
                Files.exists(file),
                "the published prompts, " + file.toAbsolutePath().normalize() + ", are absent");
        int prompts = 0;
        for (String line : Files.readAllLines(file)) {
            JsonNode row = JSON.readTree(line);
            List<String> ids = JSON.convertValue(row.get("instruction_id_list"), new TypeReference<>() {});
            List<Map<String, Object>> details = JSON.convertValue(row.get("kwargs"), new TypeReference<>() {});
            InstructionFollowing following = InstructionFollowing.of(
                    row.get("prompt").asText(), ids, details, "A plain answer.\n\nIt has two paragraphs, and a comma.");
            assertThat(following.strict()).hasSize(ids.size());
            prompts++;
        }
        assertThat(prompts).isEqualTo(541);
    }

    @Test
    void unknownInstructionsAndBadDetailsAreNamed() {
        assertThatThrownBy(() -> InstructionFollowing.of("", List.of("keywords:none"), List.of(Map.of()), "x"))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("there is no kind of instruction 'keywords:none'", "keywords:existence");
        assertThatThrownBy(() -> InstructionFollowing.of(
                        "", List.of("length_constraints:number_words"), List.of(Map.of("relation", "at least")), "x"))
                .hasMessageContaining("needs 'num_words', a whole number, got: null");
        assertThatThrownBy(() -> InstructionFollowing.of("", List.of("punctuation:no_comma"), List.of(), "x"))
                .hasMessageContaining("1 instructions with details of 0");
    }

    @Test
    void aHostileAnswerIsJudgedOrRefusedInTime() {
        for (String unit : List.of("[", "*", "<", "\n", " ", "***", ". ", "A. ", "p.\t", "\"", "\0", "()[]{} ")) {
            String answer = unit.repeat(300_000 / unit.length());
            for (InstructionKind kind : InstructionKind.values()) {
                try {
                    InstructionFollowing.of("p", List.of(kind.id()), List.of(EVERYTHING), answer);
                } catch (ScoringException e) {
                    assertThat(e).hasMessageContaining("regular expression looked");
                }
            }
        }
    }

    private static final Map<String, Object> EVERYTHING = Map.ofEntries(
            Map.entry("keywords", List.of("(a|b)*c")),
            Map.entry("keyword", "x"),
            Map.entry("frequency", 1),
            Map.entry("relation", "at least"),
            Map.entry("forbidden_words", List.of("x")),
            Map.entry("letter", "x"),
            Map.entry("let_frequency", 1),
            Map.entry("let_relation", "at least"),
            Map.entry("language", "en"),
            Map.entry("num_sentences", 1),
            Map.entry("num_paragraphs", 1),
            Map.entry("num_words", 1),
            Map.entry("nth_paragraph", 1),
            Map.entry("first_word", "x"),
            Map.entry("num_placeholders", 1),
            Map.entry("postscript_marker", "P.S."),
            Map.entry("num_bullets", 1),
            Map.entry("num_highlights", 1),
            Map.entry("section_spliter", "S"),
            Map.entry("num_sections", 1),
            Map.entry("prompt_to_repeat", "x"),
            Map.entry("end_phrase", "x"),
            Map.entry("capital_frequency", 1),
            Map.entry("capital_relation", "at least"));
}
