package dev.weighbridge.engines.pytorch.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Questions and answers by task, read from {@code <task>.<split>.jsonl} files with the fields prompt and answer. */
final class TrainingData {
    static final int IGNORED = -100;

    private final Map<String, List<Sequence>> tasks = new LinkedHashMap<>();
    private final Map<String, Text> examples = new LinkedHashMap<>();

    /** A question and its answer as text. */
    record Text(String prompt, String answer) {}

    /**
     * Questions in a row, as token ids.
     *
     * @param ids that are read
     * @param targets the token to predict at each position, or {@link #IGNORED}
     */
    private record Sequence(int[] ids, int[] targets) {}

    /** A batch: rows × columns token ids, and at each position the token to predict or {@link #IGNORED}. */
    record Batch(int rows, int columns, long[] ids, long[] targets) {}

    /** Prompts and answers of all files of a split, as text. */
    static Map<String, List<List<Text>>> read(Path folder, String split) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Map<String, List<List<Text>>> texts = new LinkedHashMap<>();
        String ending = "." + split + ".jsonl";
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.filter(f -> f.toString().endsWith(ending)).sorted().toList();
        }
        for (Path file : files) {
            List<List<Text>> pairs = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                JsonNode node = mapper.readTree(line);
                List<Text> row = new ArrayList<>();
                row.add(text(node));
                node.path("more").forEach(more -> row.add(text(more)));
                pairs.add(row);
            }
            String name = file.getFileName().toString();
            texts.put(name.substring(0, name.length() - ending.length()), pairs);
        }
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("no *" + ending + " files in " + folder);
        }
        return texts;
    }

    /** Encodes texts; an answer is followed by the end of sequence. */
    TrainingData(Map<String, List<List<Text>>> texts, BytePairTrainer tokenizer) {
        texts.forEach((task, pairs) -> {
            List<Sequence> encoded = new ArrayList<>();
            pairs.forEach(row -> encoded.add(sequence(row, tokenizer)));
            tasks.put(task, encoded);
            examples.put(task, pairs.get(0).get(0));
        });
    }

    List<String> tasks() {
        return List.copyOf(tasks.keySet());
    }

    /** The first question of a task. */
    Text example(String task) {
        return Objects.requireNonNull(examples.get(task), task);
    }

    int size(String task) {
        return pairs(task).size();
    }

    /**
     * Draws a task as often as its weight says, then random questions of it until about {@code tokens} token positions are
     * filled. One task a batch, because rows of equal length waste no work on padding.
     */
    Batch draw(int tokens, Map<String, Integer> weights, SplittableRandom random) {
        List<Sequence> pairs = pairs(drawTask(weights, random));
        List<Sequence> drawn = new ArrayList<>();
        int columns = 0;
        while (columns * (drawn.size() + 1) <= tokens) {
            Sequence sequence = pairs.get(random.nextInt(pairs.size()));
            columns = Math.max(columns, sequence.ids().length);
            drawn.add(sequence);
        }
        return batch(drawn);
    }

    private static String drawTask(Map<String, Integer> weights, SplittableRandom random) {
        int ticket = random.nextInt(
                weights.values().stream().mapToInt(Integer::intValue).sum());
        for (Map.Entry<String, Integer> entry : weights.entrySet()) {
            ticket -= entry.getValue();
            if (ticket < 0) {
                return entry.getKey();
            }
        }
        throw new IllegalStateException("weights changed while a task was drawn");
    }

    /** The rows from {@code start} on of one task, in order. */
    Batch slice(String task, int start, int rows) {
        List<Sequence> pairs = pairs(task);
        return batch(pairs.subList(start, Math.min(start + rows, pairs.size())));
    }

    private List<Sequence> pairs(String task) {
        List<Sequence> pairs = tasks.get(task);
        if (pairs == null) {
            throw new IllegalArgumentException("no data for task " + task + "; there is " + tasks.keySet());
        }
        return pairs;
    }

    private static Batch batch(List<Sequence> sequences) {
        int columns = sequences.stream().mapToInt(s -> s.ids().length).max().orElse(1);
        long[] ids = new long[sequences.size() * columns];
        long[] targets = new long[ids.length];
        Arrays.fill(ids, BytePairTrainer.PADDING);
        Arrays.fill(targets, IGNORED);
        for (int row = 0; row < sequences.size(); row++) {
            Sequence sequence = sequences.get(row);
            for (int i = 0; i < sequence.ids().length; i++) {
                ids[row * columns + i] = sequence.ids()[i];
                targets[row * columns + i] = sequence.targets()[i];
            }
        }
        return new Batch(sequences.size(), columns, ids, targets);
    }

    private static Text text(JsonNode node) {
        return new Text(
                node.required("prompt").asText(), node.required("answer").asText());
    }

    /** Begins with the beginning of sequence; each answer is followed by the end of sequence, which is to be predicted too. */
    private static Sequence sequence(List<Text> row, BytePairTrainer tokenizer) {
        List<Integer> tokens = new ArrayList<>(List.of(BytePairTrainer.BEGINNING));
        List<Boolean> predicted = new ArrayList<>(List.of(false));
        for (Text text : row) {
            for (int id : tokenizer.encode(text.prompt())) {
                tokens.add(id);
                predicted.add(false);
            }
            for (int id : tokenizer.encode(text.answer())) {
                tokens.add(id);
                predicted.add(true);
            }
            tokens.add(BytePairTrainer.END);
            predicted.add(true);
        }
        int[] ids = new int[tokens.size() - 1];
        int[] targets = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = tokens.get(i);
            targets[i] = predicted.get(i + 1) ? tokens.get(i + 1) : IGNORED;
        }
        return new Sequence(ids, targets);
    }
}
