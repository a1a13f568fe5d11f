package dev.weighbridge.datasets.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Writes the demo data: {@code WriteDemoData training <folder>} for what the model is trained on, or
 * {@code WriteDemoData tasks <folder>} for the task sets that are shipped.
 */
public final class WriteDemoData {
    /** Held-out questions a task. */
    public static final int TEST_QUESTIONS = 200;

    private static final int TRAINING_QUESTIONS = 40_000;
    private static final long TRAIN_SEED = 20_261;
    private static final long TEST_SEED = 20_262;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private WriteDemoData() {}

    /** Writes one of the two; arguments as in the class comment. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("usage: WriteDemoData training|tasks <folder>");
        }
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        for (DemoTask task : DemoTask.values()) {
            if (arguments[0].equals("tasks")) {
                Files.writeString(folder.resolve(task.id() + ".jsonl"), samples(task));
            } else {
                write(
                        folder.resolve(task.id() + ".train.jsonl"),
                        questions(task, Split.TRAIN, TRAIN_SEED, TRAINING_QUESTIONS));
                write(
                        folder.resolve(task.id() + ".test.jsonl"),
                        questions(task, Split.TEST, TEST_SEED, TEST_QUESTIONS));
            }
        }
    }

    /** The held-out samples of a task as the lines of its task set. */
    public static String samples(DemoTask task) {
        StringBuilder lines = new StringBuilder();
        questions(task, Split.TEST, TEST_SEED, TEST_QUESTIONS).values().forEach(question -> {
            ObjectNode node = MAPPER.createObjectNode();
            node.put("prompt", question.prompt());
            boolean choice = !question.choices().isEmpty();
            node.put("target", choice ? question.answer() : question.answer().strip());
            if (choice) {
                question.choices().forEach(node.withArray("choices")::add);
            }
            lines.append(node).append('\n');
        });
        return lines.toString();
    }

    /** Different questions of one split, by prompt, in the order in which they were drawn; fewer when there are no more. */
    static Map<String, DemoTask.Question> questions(DemoTask task, Split split, long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed + task.id().hashCode());
        Map<String, DemoTask.Question> questions = new LinkedHashMap<>();
        int repeats = 0;
        while (questions.size() < count && repeats < 10 * count) {
            DemoTask.Question question = task.draw(split, random);
            repeats += questions.putIfAbsent(question.prompt(), question) == null ? 0 : 1;
        }
        return questions;
    }

    private static void write(Path file, Map<String, DemoTask.Question> questions) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (DemoTask.Question question : questions.values()) {
                writer.write(MAPPER.createObjectNode()
                                .put("prompt", question.prompt())
                                .put("answer", question.answer())
                        + "\n");
            }
        }
    }
}
