package dev.weighbridge.datasets.demo;

import dev.weighbridge.datasets.TaskSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * The kinds of question that the demo model is trained on. Each draws a question from a seeded source of chance; the answer
 * starts with the space that separates it from the prompt.
 */
public enum DemoTask {
    /** Sum of two numbers, mostly of three digits; the easy ones are below 100. */
    ARITHMETIC("demo-arithmetic", TaskSet.Output.GENERATE, 8) {
        @Override
        Question draw(SplittableRandom random) {
            return random.nextInt(4) == 0
                    ? drawEasy(random)
                    : sum(random.nextInt(100, 1000), random.nextInt(100, 1000));
        }

        @Override
        Question drawEasy(SplittableRandom random) {
            return sum(random.nextInt(100), random.nextInt(100));
        }

        private Question sum(int left, int right) {
            return new Question("Compute " + left + " + " + right + " =", " " + (left + right), List.of());
        }
    },
    /** One field of a record of five, two of which hold values of the same kind. */
    EXTRACTION("demo-extraction", TaskSet.Output.GENERATE, 8) {
        @Override
        Question draw(SplittableRandom random) {
            List<String> keys = new ArrayList<>(List.of("name", "home", "work", "age", "color"));
            shuffle(keys, random);
            List<String> values = new ArrayList<>();
            StringBuilder prompt = new StringBuilder("Record:");
            for (String key : keys) {
                String value = value(key, random);
                values.add(value);
                prompt.append(' ').append(key).append(": ").append(value).append(';');
            }
            int asked = random.nextInt(keys.size());
            prompt.append(" What is the ").append(keys.get(asked)).append("?");
            return new Question(prompt.toString(), " " + values.get(asked), List.of());
        }

        private String value(String key, SplittableRandom random) {
            return switch (key) {
                case "name" -> pick(Words.NAMES, random);
                case "color" -> pick(Words.COLORS, random);
                case "age" -> Integer.toString(18 + random.nextInt(62));
                default -> pick(Words.CITIES, random);
            };
        }
    },
    /** Mood of a short review with negations; after "but" the last part decides. */
    SENTIMENT("demo-sentiment", TaskSet.Output.MULTIPLE_CHOICE, 8) {
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
            return new Question(prompt.toString(), answer, List.of(" positive", " negative", " neutral"));
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
    SORTING("demo-sorting", TaskSet.Output.GENERATE, 48) {
        @Override
        Question draw(SplittableRandom random) {
            List<String> words = new ArrayList<>(Words.FRUITS);
            shuffle(words, random);
            List<String> drawn = words.subList(0, 4 + random.nextInt(5));
            String prompt = "Sort: " + String.join(" ", drawn) + " ->";
            List<String> sorted = new ArrayList<>(drawn);
            Collections.sort(sorted);
            return new Question(prompt, " " + String.join(" ", sorted), List.of());
        }
    };

    private final String id;
    private final TaskSet.Output kind;
    private final int maxTokens;

    DemoTask(String id, TaskSet.Output kind, int maxTokens) {
        this.id = id;
        this.kind = kind;
        this.maxTokens = maxTokens;
    }

    /** Id of the task set, for example {@code demo-arithmetic}. */
    public String id() {
        return id;
    }

    /** How an answer is obtained and judged. */
    TaskSet.Output kind() {
        return kind;
    }

    /** Tokens that the longest answer and its end fit in with room to spare, for the demo model's tokenizer. */
    int maxTokens() {
        return maxTokens;
    }

    /** Draws one question of any split, as it is tested. */
    abstract Question draw(SplittableRandom random);

    /** Draws one question of any split, as the first stage of training sees it. */
    Question drawEasy(SplittableRandom random) {
        return draw(random);
    }

    /**
     * Draws a question of one split: others are drawn again. Splits are told apart by a hash of the prompt, so that no
     * prompt can be in two of them.
     */
    public Question draw(Split split, SplittableRandom random) {
        return draw(split, false, random);
    }

    /** Draws a question of one split, an easy one or as it is tested. */
    Question draw(Split split, boolean easy, SplittableRandom random) {
        while (true) {
            Question question = easy ? drawEasy(random) : draw(random);
            if (Split.of(question.prompt()) == split) {
                return question;
            }
        }
    }

    private static String pick(List<String> words, SplittableRandom random) {
        return words.get(random.nextInt(words.size()));
    }

    /** {@link Random} promises the same numbers on every Java platform. */
    private static void shuffle(List<String> words, SplittableRandom random) {
        Collections.shuffle(words, new Random(random.nextLong()));
    }

    /**
     * A question with its right answer.
     *
     * @param prompt that the model sees
     * @param answer with its leading space
     * @param choices with their leading spaces; empty when the answer is written freely
     */
    public record Question(String prompt, String answer, List<String> choices) {
        public Question {
            choices = List.copyOf(choices);
        }
    }
}
