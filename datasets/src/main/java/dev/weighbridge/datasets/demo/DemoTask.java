package dev.weighbridge.datasets.demo;

import dev.weighbridge.datasets.TaskSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The kinds of question that the demo model is trained on. Each draws a question from a seeded source of chance; the answer
 * starts with the space that separates it from the prompt.
 */
public enum DemoTask {
    /** Sum of two numbers of two or three digits. */
    ARITHMETIC("demo-arithmetic", TaskSet.Kind.GENERATE, 8) {
        @Override
        Question draw(SplittableRandom random) {
            int smallest = random.nextInt(4) == 0 ? 10 : 100;
            int left = random.nextInt(smallest, 10 * smallest);
            int right = random.nextInt(smallest, 10 * smallest);
            String instance = Math.min(left, right) + "+" + Math.max(left, right);
            return new Question(instance, "Compute " + left + " + " + right + " =", " " + (left + right), List.of());
        }
    },
    /** One field of a record; some fields hold values of the same kind, so that only the field's name tells them apart. */
    EXTRACTION("demo-extraction", TaskSet.Kind.GENERATE, 8) {
        @Override
        Question draw(SplittableRandom random) {
            List<String> fields = shuffled(FIELDS, random).subList(0, random.nextInt(4, FIELDS.size() + 1));
            List<String> values = new ArrayList<>();
            List<String> record = new ArrayList<>();
            for (String field : fields) {
                String value = value(field, random);
                values.add(value);
                record.add(field + " " + value);
            }
            int asked = random.nextInt(fields.size());
            String prompt = "Record: " + String.join(", ", record) + ". What is the " + fields.get(asked) + "?";
            return new Question(String.join(",", sorted(record)), prompt, " " + values.get(asked), List.of());
        }

        private String value(String field, SplittableRandom random) {
            return switch (field) {
                case "name", "boss" -> pick(Words.NAMES, random);
                case "color" -> pick(Words.COLORS, random);
                case "age" -> Integer.toString(random.nextInt(18, 80));
                default -> pick(Words.CITIES, random);
            };
        }
    },
    /** Mood of a short review with negations; after "but" the last part decides. */
    SENTIMENT("demo-sentiment", TaskSet.Kind.MULTIPLE_CHOICE, 8) {
        @Override
        Question draw(SplittableRandom random) {
            StringBuilder prompt = new StringBuilder("Review:");
            int mood = clause(prompt, random);
            if (random.nextInt(2) == 0) {
                prompt.append(", but");
                mood = clause(prompt, random);
            }
            prompt.append(". Sentiment:");
            String answer = mood > 0 ? " positive" : mood < 0 ? " negative" : " neutral";
            String text = prompt.toString();
            return new Question(text, text, answer, List.of(" positive", " negative", " neutral"));
        }

        /** Appends one statement about one thing and returns its mood. */
        private int clause(StringBuilder prompt, SplittableRandom random) {
            int mood = random.nextInt(3) - 1;
            boolean negated = mood != 0 && random.nextInt(3) == 0;
            List<String> adjectives = mood == 0 ? Words.NEUTRAL : (mood > 0) != negated ? Words.GOOD : Words.BAD;
            prompt.append(" the ")
                    .append(pick(Words.THINGS, random))
                    .append(" was ")
                    .append(negated ? "not " : "")
                    .append(pick(adjectives, random));
            return mood;
        }
    },
    /** Four to eight different words in alphabetical order. */
    SORTING("demo-sorting", TaskSet.Kind.GENERATE, 48) {
        @Override
        Question draw(SplittableRandom random) {
            List<String> words = shuffled(Words.GROCERIES, random).subList(0, random.nextInt(4, 9));
            String answer = String.join(" ", sorted(words));
            return new Question(answer, "Sort: " + String.join(" ", words) + " ->", " " + answer, List.of());
        }
    };

    private static final List<String> FIELDS = List.of("name", "boss", "home", "work", "color", "age");

    private final String id;
    private final TaskSet.Kind kind;
    private final int maxTokens;

    DemoTask(String id, TaskSet.Kind kind, int maxTokens) {
        this.id = id;
        this.kind = kind;
        this.maxTokens = maxTokens;
    }

    /** Id of the task set, for example {@code demo-arithmetic}. */
    public String id() {
        return id;
    }

    /** How an answer is obtained and judged. */
    TaskSet.Kind kind() {
        return kind;
    }

    /** Tokens that the longest answer and its end fit in with room to spare, for the demo model's tokenizer. */
    int maxTokens() {
        return maxTokens;
    }

    /** Draws one question of any split. */
    abstract Question draw(SplittableRandom random);

    /**
     * Draws questions of one split only: others are drawn again. Splits are told apart by a hash of what a
     * question is about, so that no sum, record, review or set of words is in two of them, in whatever order it is written.
     */
    public Question draw(Split split, SplittableRandom random) {
        while (true) {
            Question question = draw(random);
            if (Split.of(question.instance()) == split) {
                return question;
            }
        }
    }

    private static String pick(List<String> words, SplittableRandom random) {
        return words.get(random.nextInt(words.size()));
    }

    /** A copy in random order (Durstenfeld's shuffle), the same on every Java platform. */
    private static List<String> shuffled(List<String> words, SplittableRandom random) {
        List<String> copy = new ArrayList<>(words);
        for (int last = copy.size() - 1; last > 0; last--) {
            Collections.swap(copy, last, random.nextInt(last + 1));
        }
        return copy;
    }

    private static List<String> sorted(List<String> words) {
        return words.stream().sorted().toList();
    }

    /**
     * A question with its right answer.
     *
     * @param instance what it is about, equal for questions that may not be in different splits
     * @param prompt that the model sees
     * @param answer with its leading space
     * @param choices with their leading spaces; empty when the answer is written freely
     */
    public record Question(String instance, String prompt, String answer, List<String> choices) {
        public Question {
            choices = List.copyOf(choices);
        }
    }
}
