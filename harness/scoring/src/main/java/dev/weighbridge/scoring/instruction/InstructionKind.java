package dev.weighbridge.scoring.instruction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weighbridge.scoring.BoundedText;
import dev.weighbridge.scoring.ScoringException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The 25 kinds of instructions of IFEval, each with its check. */
public enum InstructionKind {
    KEYWORDS_EXISTENCE("keywords:existence") {
        @Override
        boolean follows(String answer, Details details) {
            return details.texts("keywords").stream()
                    .allMatch(word -> matcher(word, answer).find());
        }
    },
    KEYWORDS_FREQUENCY("keywords:frequency") {
        @Override
        boolean follows(String answer, Details details) {
            long found =
                    matcher(details.text("keyword").strip(), answer).results().count();
            return details.counts(found, "frequency", "relation");
        }
    },
    FORBIDDEN_WORDS("keywords:forbidden_words") {
        @Override
        boolean follows(String answer, Details details) {
            return details.texts("forbidden_words").stream()
                    .noneMatch(word -> matcher("\\b" + word + "\\b", answer).find());
        }
    },
    LETTER_FREQUENCY("keywords:letter_frequency") {
        @Override
        boolean follows(String answer, Details details) {
            String letter = details.text("letter").strip().toLowerCase(Locale.ROOT);
            String small = answer.toLowerCase(Locale.ROOT);
            long found = small.codePoints()
                    .filter(point -> letter.equals(Character.toString(point)))
                    .count();
            return details.counts(found, "let_frequency", "let_relation");
        }
    },
    RESPONSE_LANGUAGE("language:response_language") {
        @Override
        boolean follows(String answer, Details details) {
            return !Language.told(answer) || Language.of(answer).equals(details.text("language"));
        }
    },
    NUMBER_SENTENCES("length_constraints:number_sentences") {
        @Override
        boolean follows(String answer, Details details) {
            return details.counts(Sentences.count(answer), "num_sentences", "relation");
        }
    },
    NUMBER_PARAGRAPHS("length_constraints:number_paragraphs") {
        @Override
        boolean follows(String answer, Details details) {
            List<String> paragraphs = split("\\s?\\*\\*\\*\\s?", answer);
            int count = paragraphs.size();
            for (int i = 0; i < paragraphs.size(); i++) {
                if (blank(paragraphs.get(i))) {
                    if (i > 0 && i < paragraphs.size() - 1) {
                        return false;
                    }
                    count--;
                }
            }
            return count == details.whole("num_paragraphs");
        }
    },
    NUMBER_WORDS("length_constraints:number_words") {
        @Override
        boolean follows(String answer, Details details) {
            return details.counts(Words.count(answer), "num_words", "relation");
        }
    },
    NTH_PARAGRAPH_FIRST_WORD("length_constraints:nth_paragraph_first_word") {
        @Override
        boolean follows(String answer, Details details) {
            List<String> paragraphs = split("\\n\\n", answer);
            long count =
                    paragraphs.stream().filter(paragraph -> !blank(paragraph)).count();
            int nth = details.whole("nth_paragraph");
            if (nth > count || blank(paragraphs.get(nth - 1))) {
                return false;
            }
            return count == details.whole("num_paragraphs")
                    && firstWord(paragraphs.get(nth - 1))
                            .equals(details.text("first_word").toLowerCase(Locale.ROOT));
        }
    },
    NUMBER_PLACEHOLDERS("detectable_content:number_placeholders") {
        @Override
        boolean follows(String answer, Details details) {
            return count("\\[.*?\\]", answer) >= details.whole("num_placeholders");
        }
    },
    POSTSCRIPT("detectable_content:postscript") {
        @Override
        boolean follows(String answer, Details details) {
            String marker = details.text("postscript_marker").strip();
            String pattern = switch (marker) {
                case "P.P.S" -> "\\s*p\\.\\s?p\\.\\s?s.*$";
                case "P.S." -> "\\s*p\\.\\s?s\\..*$";
                default -> "\\s*" + marker.toLowerCase(Locale.ROOT) + ".*$";
            };
            return count(pattern, answer.toLowerCase(Locale.ROOT)) > 0;
        }
    },
    NUMBER_BULLETS("detectable_format:number_bullet_lists") {
        @Override
        boolean follows(String answer, Details details) {
            return count("^\\s*\\*[^\\*].*$", answer) + count("^\\s*-.*$", answer) == details.whole("num_bullets");
        }
    },
    CONSTRAINED_RESPONSE("detectable_format:constrained_response") {
        @Override
        boolean follows(String answer, Details details) {
            return answer.contains("My answer is yes.")
                    || answer.contains("My answer is no.")
                    || answer.contains("My answer is maybe.");
        }
    },
    NUMBER_HIGHLIGHTS("detectable_format:number_highlighted_sections") {
        @Override
        boolean follows(String answer, Details details) {
            long single = find("\\*[^\\n\\*]*\\*", answer)
                    .filter(text -> !blank(text.replaceAll("^\\*+|\\*+$", "")))
                    .count();
            long twice = find("\\*\\*[^\\n\\*]*\\*\\*", answer)
                    .filter(text -> !blank(text.substring(2, text.length() - 2)))
                    .count();
            return single + twice >= details.whole("num_highlights");
        }
    },
    MULTIPLE_SECTIONS("detectable_format:multiple_sections") {
        @Override
        boolean follows(String answer, Details details) {
            String pattern = "\\s?" + details.text("section_spliter").strip() + "\\s?\\d+\\s?";
            return split(pattern, answer).size() - 1 >= details.whole("num_sections");
        }
    },
    JSON_FORMAT("detectable_format:json_format") {
        @Override
        boolean follows(String answer, Details details) {
            String text = strip(answer);
            for (String fence : List.of("```json", "```Json", "```JSON", "```")) {
                text = text.startsWith(fence) ? text.substring(fence.length()) : text;
            }
            text = strip(text.endsWith("```") ? text.substring(0, text.length() - 3) : text);
            try {
                return !JSON.readTree(text).isMissingNode();
            } catch (JsonProcessingException e) {
                return false;
            }
        }
    },
    TITLE("detectable_format:title") {
        @Override
        boolean follows(String answer, Details details) {
            return find("<<[^\\n]+>>", answer).anyMatch(text -> !blank(text.replaceAll("^<+|>+$", "")));
        }
    },
    TWO_RESPONSES("combination:two_responses") {
        @Override
        boolean follows(String answer, Details details) {
            List<String> parts = split("\\*{6}", answer);
            for (int i = 1; i < parts.size() - 1; i++) {
                if (blank(parts.get(i))) {
                    return false;
                }
            }
            List<String> given = parts.stream()
                    .filter(part -> !blank(part))
                    .map(InstructionKind::strip)
                    .toList();
            return given.size() == 2 && !given.get(0).equals(given.get(1));
        }
    },
    REPEAT_PROMPT("combination:repeat_prompt") {
        @Override
        boolean follows(String answer, Details details) {
            return strip(answer)
                    .toLowerCase(Locale.ROOT)
                    .startsWith(strip(details.text("prompt_to_repeat")).toLowerCase(Locale.ROOT));
        }
    },
    END_CHECKER("startend:end_checker") {
        @Override
        boolean follows(String answer, Details details) {
            String end = strip(answer).replaceAll("^\"+|\"+$", "").toLowerCase(Locale.ROOT);
            return end.endsWith(strip(details.text("end_phrase")).toLowerCase(Locale.ROOT));
        }
    },
    CAPITAL_WORD_FREQUENCY("change_case:capital_word_frequency") {
        @Override
        boolean follows(String answer, Details details) {
            return details.counts(Words.capitals(answer), "capital_frequency", "capital_relation");
        }
    },
    ENGLISH_CAPITAL("change_case:english_capital") {
        @Override
        boolean follows(String answer, Details details) {
            return Words.allCapitals(answer) && Language.of(answer).equals("en");
        }
    },
    ENGLISH_LOWERCASE("change_case:english_lowercase") {
        @Override
        boolean follows(String answer, Details details) {
            return Words.allSmall(answer) && Language.of(answer).equals("en");
        }
    },
    NO_COMMA("punctuation:no_comma") {
        @Override
        boolean follows(String answer, Details details) {
            return answer.indexOf(',') < 0;
        }
    },
    QUOTATION("startend:quotation") {
        @Override
        boolean follows(String answer, Details details) {
            String text = strip(answer);
            return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        }
    };

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final int PYTHON = Pattern.UNICODE_CHARACTER_CLASS | Pattern.MULTILINE | Pattern.UNIX_LINES;

    private final String id;

    InstructionKind(String id) {
        this.id = id;
    }

    /** As published, for example {@code keywords:existence}. */
    public String id() {
        return id;
    }

    /** Whether an answer, which is not blank, keeps to the instruction. */
    abstract boolean follows(String answer, Details details);

    /**
     * A kind by its published id.
     *
     * @throws ScoringException when there is none
     */
    public static InstructionKind of(String id) {
        return Arrays.stream(values())
                .filter(kind -> kind.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new ScoringException("there is no kind of instruction '" + id + "'. There are "
                        + Arrays.stream(values()).map(InstructionKind::id).toList()));
    }

    private static Matcher matcher(String word, String answer) {
        try {
            return Pattern.compile(
                            word, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS)
                    .matcher(new BoundedText(answer));
        } catch (PatternSyntaxException e) {
            throw new ScoringException("the keyword '" + word + "' is no regular expression: " + e.getDescription());
        }
    }

    private static java.util.stream.Stream<String> find(String pattern, String answer) {
        return Pattern.compile(pattern, PYTHON)
                .matcher(new BoundedText(answer))
                .results()
                .map(match -> match.group());
    }

    private static long count(String pattern, String answer) {
        return find(pattern, answer).count();
    }

    private static List<String> split(String pattern, String answer) {
        return List.of(Pattern.compile(pattern, PYTHON).split(new BoundedText(answer), -1));
    }

    private static String firstWord(String paragraph) {
        String word = strip(paragraph).split("\\s", 2)[0].replaceAll("^'+", "").replaceAll("^\"+", "");
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < word.length() && ".,?!'\"".indexOf(word.charAt(i)) < 0; i++) {
            letters.append(word.charAt(i));
        }
        return letters.toString().toLowerCase(Locale.ROOT);
    }

    static boolean blank(String text) {
        return strip(text).isEmpty();
    }

    /** Without what Python takes for white space at both ends. */
    static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && space(text.charAt(start))) {
            start++;
        }
        while (end > start && space(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean space(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }
}
