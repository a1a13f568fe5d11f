package dev.weighbridge.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Byte-pair encoding learned from texts, written as a Hugging Face {@code tokenizer.json}: 256 byte tokens, special tokens,
 * then merges by falling frequency (Sennrich et al. 2016, arXiv 1508.07909; bytes shown as in GPT-2's byte-level table).
 * Digits never merge, because the pre-tokenizer isolates each one.
 */
final class BytePairTrainer {
    /** Special tokens with the ids from 0: padding, beginning and end of sequence. */
    static final List<String> SPECIALS = List.of("<|pad|>", "<|bos|>", "<|eos|>");

    static final int PADDING = 0;
    static final int BEGINNING = 1;
    static final int END = 2;

    /** Isolates digits, words with their leading space, runs of marks, and white space. */
    private static final String SPLIT = " ?\\p{N}| ?\\p{L}+|[^\\s\\p{L}\\p{N}]+|\\s+";

    private static final Pattern SPLIT_PATTERN = Pattern.compile(SPLIT);

    private final Map<String, Integer> vocabulary = new LinkedHashMap<>();
    private final List<String[]> merges = new ArrayList<>();
    private final Map<String, List<Integer>> encoded = new HashMap<>();

    /**
     * Learns merges.
     *
     * @param texts to learn from
     * @param vocabularySize tokens in all, special ones included
     */
    BytePairTrainer(List<String> texts, int vocabularySize) {
        SPECIALS.forEach(token -> vocabulary.put(token, vocabulary.size()));
        for (int value = 0; value < 256; value++) {
            vocabulary.put(Character.toString(byteCharacter(value)), vocabulary.size());
        }
        Map<String, Long> counts = new TreeMap<>();
        for (String text : texts) {
            Matcher matcher = SPLIT_PATTERN.matcher(text);
            while (matcher.find()) {
                counts.merge(byteCharacters(matcher.group()), 1L, Long::sum);
            }
        }
        List<Word> words = new ArrayList<>();
        counts.forEach((word, count) -> words.add(new Word(symbols(word), count)));
        while (vocabulary.size() < vocabularySize && mergeMostFrequent(words)) {
            // Each round adds one merge.
        }
    }

    /**
     * Reads a tokenizer that this class wrote.
     *
     * @param json as {@link #json} gives it
     */
    BytePairTrainer(JsonNode json) {
        json.required("model")
                .required("vocab")
                .properties()
                .forEach(
                        entry -> vocabulary.put(entry.getKey(), entry.getValue().asInt()));
        json.required("model")
                .required("merges")
                .forEach(pair -> merges.add(
                        new String[] {pair.get(0).asText(), pair.get(1).asText()}));
    }

    /** The ids of a text without special tokens, as the written tokenizer encodes it. */
    int[] encode(String text) {
        List<Integer> ids = new ArrayList<>();
        Matcher matcher = SPLIT_PATTERN.matcher(text);
        while (matcher.find()) {
            ids.addAll(encoded.computeIfAbsent(matcher.group(), this::encodeWord));
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Applies the merges in the order in which they were learned. */
    private List<Integer> encodeWord(String text) {
        Word word = new Word(symbols(byteCharacters(text)), 1);
        for (String[] merge : merges) {
            if (word.symbols.size() > 1) {
                word.merge(merge[0], merge[1]);
            }
        }
        List<Integer> ids = new ArrayList<>();
        for (String symbol : word.symbols) {
            ids.add(Objects.requireNonNull(vocabulary.get(symbol), symbol));
        }
        return ids;
    }

    int vocabularySize() {
        return vocabulary.size();
    }

    /** The tokenizer as {@code tokenizer.json}. */
    String json() throws com.fasterxml.jackson.core.JsonProcessingException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (int id = 0; id < SPECIALS.size(); id++) {
            added.addObject()
                    .put("id", id)
                    .put("content", SPECIALS.get(id))
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        root.putNull("normalizer");
        ObjectNode preTokenizer = root.putObject("pre_tokenizer").put("type", "Sequence");
        ArrayNode steps = preTokenizer.putArray("pretokenizers");
        ObjectNode split = steps.addObject().put("type", "Split");
        split.putObject("pattern").put("Regex", SPLIT);
        split.put("behavior", "Isolated").put("invert", false);
        steps.add(byteLevel(mapper));
        ObjectNode post = root.putObject("post_processor").put("type", "TemplateProcessing");
        ArrayNode single = post.putArray("single");
        special(single);
        sequence(single, "A", 0);
        ArrayNode pair = post.putArray("pair");
        special(pair);
        sequence(pair, "A", 0);
        sequence(pair, "B", 1);
        ObjectNode beginning = post.putObject("special_tokens").putObject(SPECIALS.get(BEGINNING));
        beginning.put("id", SPECIALS.get(BEGINNING));
        beginning.putArray("ids").add(BEGINNING);
        beginning.putArray("tokens").add(SPECIALS.get(BEGINNING));
        root.set("decoder", byteLevel(mapper));
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.putNull("dropout")
                .putNull("unk_token")
                .putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        ObjectNode vocab = model.putObject("vocab");
        vocabulary.forEach(vocab::put);
        ArrayNode mergeList = model.putArray("merges");
        merges.forEach(merge -> mergeList.addArray().add(merge[0]).add(merge[1]));
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static ObjectNode byteLevel(ObjectMapper mapper) {
        return mapper.createObjectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", false);
    }

    private static void special(ArrayNode template) {
        template.addObject()
                .putObject("SpecialToken")
                .put("id", SPECIALS.get(BEGINNING))
                .put("type_id", 0);
    }

    private static void sequence(ArrayNode template, String id, int type) {
        template.addObject().putObject("Sequence").put("id", id).put("type_id", type);
    }

    /** Merges the pair that is most frequent, the alphabetically first of several; false when no pair occurs twice. */
    private boolean mergeMostFrequent(List<Word> words) {
        Map<List<String>, Long> pairs = new HashMap<>();
        for (Word word : words) {
            for (int i = 1; i < word.symbols.size(); i++) {
                pairs.merge(List.of(word.symbols.get(i - 1), word.symbols.get(i)), word.count, Long::sum);
            }
        }
        List<String> best = null;
        long bestCount = 1;
        for (Map.Entry<List<String>, Long> entry : pairs.entrySet()) {
            boolean first = best != null && entry.getKey().toString().compareTo(best.toString()) < 0;
            if (entry.getValue() > bestCount || (entry.getValue() == bestCount && first)) {
                best = entry.getKey();
                bestCount = entry.getValue();
            }
        }
        if (best == null) {
            return false;
        }
        String left = best.get(0);
        String right = best.get(1);
        merges.add(new String[] {left, right});
        vocabulary.putIfAbsent(left + right, vocabulary.size());
        words.forEach(word -> word.merge(left, right));
        return true;
    }

    private static List<String> symbols(String word) {
        List<String> symbols = new ArrayList<>();
        word.chars().forEach(c -> symbols.add(Character.toString(c)));
        return symbols;
    }

    private static String byteCharacters(String text) {
        StringBuilder characters = new StringBuilder();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            characters.append((char) byteCharacter(value & 0xff));
        }
        return characters.toString();
    }

    /** GPT-2's printable stand-in for a byte: itself where printable, else the next free character from U+0100. */
    static int byteCharacter(int value) {
        if (printable(value)) {
            return value;
        }
        int offset = 0;
        for (int before = 0; before < value; before++) {
            offset += printable(before) ? 0 : 1;
        }
        return 256 + offset;
    }

    private static boolean printable(int value) {
        return (value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xac) || value >= 0xae;
    }

    /** A distinct word of the texts with its current symbols. */
    private static final class Word {
        private final List<String> symbols;
        private final long count;

        Word(List<String> symbols, long count) {
            this.symbols = symbols;
            this.count = count;
        }

        void merge(String left, String right) {
            for (int i = 1; i < symbols.size(); i++) {
                if (symbols.get(i - 1).equals(left) && symbols.get(i).equals(right)) {
                    symbols.set(i - 1, left + right);
                    symbols.remove(i);
                }
            }
        }
    }
}
