package dev.weighbridge.training;

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
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Questions and answers by task, read from {@code <task>.<split>.jsonl} files with the fields prompt and answer. */
final class TrainingData {
    static final int IGNORED = -100;

    private final Map<String, List<int[][]>> tasks = new LinkedHashMap<>();

    /** A batch: rows × columns token ids, and at each position the token to predict or {@link #IGNORED}. */
    record Batch(int rows, int columns, long[] ids, long[] targets) {}

    /** Prompts and answers of all files of a split, as text. */
    static Map<String, List<String[]>> read(Path folder, String split) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Map<String, List<String[]>> texts = new LinkedHashMap<>();
        String ending = "." + split + ".jsonl";
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.filter(f -> f.toString().endsWith(ending)).sorted().toList();
        }
        for (Path file : files) {
            List<String[]> pairs = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                JsonNode node = mapper.readTree(line);
                pairs.add(new String[] {
                    node.required("prompt").asText(), node.required("answer").asText()
                });
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
    TrainingData(Map<String, List<String[]>> texts, BytePairTrainer tokenizer) {
        texts.forEach((task, pairs) -> {
            List<int[][]> encoded = new ArrayList<>();
            for (String[] pair : pairs) {
                int[] prompt = prompt(tokenizer, pair[0]);
                int[] answer = tokenizer.encode(pair[1]);
                int[] ended = Arrays.copyOf(answer, answer.length + 1);
                ended[answer.length] = BytePairTrainer.END;
                encoded.add(new int[][] {prompt, ended});
            }
            tasks.put(task, encoded);
        });
    }

    List<String> tasks() {
        return List.copyOf(tasks.keySet());
    }

    int size(String task) {
        return pairs(task).size();
    }

    /**
     * Draws a task as often as its weight says, then random questions of it until about {@code tokens} token positions are
     * filled. One task a batch, because rows of equal length waste no work on padding.
     */
    Batch draw(int tokens, Map<String, Integer> weights, SplittableRandom random) {
        List<int[][]> pairs = pairs(drawTask(weights, random));
        List<int[][]> drawn = new ArrayList<>();
        int columns = 0;
        while (columns * (drawn.size() + 1) <= tokens) {
            int[][] pair = pairs.get(random.nextInt(pairs.size()));
            columns = Math.max(columns, pair[0].length + pair[1].length - 1);
            drawn.add(pair);
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
        List<int[][]> pairs = pairs(task);
        return batch(pairs.subList(start, Math.min(start + rows, pairs.size())));
    }

    private List<int[][]> pairs(String task) {
        List<int[][]> pairs = tasks.get(task);
        if (pairs == null) {
            throw new IllegalArgumentException("no data for task " + task + "; there is " + tasks.keySet());
        }
        return pairs;
    }

    private static Batch batch(List<int[][]> pairs) {
        int columns = pairs.stream()
                .mapToInt(p -> p[0].length + p[1].length - 1)
                .max()
                .orElse(1);
        long[] ids = new long[pairs.size() * columns];
        long[] targets = new long[ids.length];
        Arrays.fill(ids, BytePairTrainer.PADDING);
        Arrays.fill(targets, IGNORED);
        for (int row = 0; row < pairs.size(); row++) {
            int[] prompt = pairs.get(row)[0];
            int[] answer = pairs.get(row)[1];
            int at = row * columns;
            for (int i = 0; i < prompt.length; i++) {
                ids[at + i] = prompt[i];
            }
            for (int i = 0; i < answer.length; i++) {
                targets[at + prompt.length - 1 + i] = answer[i];
                if (i < answer.length - 1) {
                    ids[at + prompt.length + i] = answer[i];
                }
            }
        }
        return new Batch(pairs.size(), columns, ids, targets);
    }

    private static int[] prompt(BytePairTrainer tokenizer, String text) {
        int[] ids = tokenizer.encode(text);
        int[] begun = new int[ids.length + 1];
        begun[0] = BytePairTrainer.BEGINNING;
        System.arraycopy(ids, 0, begun, 1, ids.length);
        return begun;
    }
}
