package dev.weighbridge.datasets.demo;

import dev.weighbridge.datasets.TaskSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * The kinds of question that the demo model is trained on. Each draws a question from a seeded source of chance; the answer
 * starts with the space that separates it from the prompt.
 */
public enum DemoTask {
    /** Sum of three numbers of two or three digits; in training also of two. */
    ARITHMETIC("demo-arithmetic", TaskSet.Kind.GENERATE, 8) {
        @Override
        Question draw(SplittableRandom random) {
            return sum(3, random);
        }

        @Override
        Question drawForTraining(SplittableRandom random) {
            return sum(random.nextInt(100) < 45 ? 2 : 3, random);
        }

        private Question sum(int numbers, SplittableRandom random) {
            int smallest = random.nextInt(3) == 0 ? 10 : 100;
            int[] terms = new int[numbers];
            for (int i = 0; i < numbers; i++) {
                terms[i] = random.nextInt(smallest, 10 * smallest);
            }
            String prompt = "Compute " + joined(terms) + " =";
            int answer = Arrays.stream(terms).sum();
            Arrays.sort(terms);
            return new Question(joined(terms), prompt, " " + answer);
        }

        private String joined(int[] terms) {
            return Arrays.stream(terms).mapToObj(Integer::toString).collect(Collectors.joining(" + "));
        }
    },
    /** One field of a record; fields of the same kind are told apart by their names only. In training all fields are asked. */
    EXTRACTION("demo-extraction", TaskSet.Kind.GENERATE, 8) {
        @Override
        Question draw(SplittableRandom random) {
            Question question = drawForTraining(random);
            return new Question(question.instance(), question.prompt(), question.answer());
        }

        @Override
        Question drawForTraining(SplittableRandom random) {
            List<String> fields = shuffled(FIELDS, random).subList(0, random.nextInt(4, FIELDS.size() + 1));
            List<String> record = new ArrayList<>();
            List<Turn> turns = new ArrayList<>();
            for (String field : fields) {
                String value = pick(values(field), random);
                record.add(field + " " + value);
                turns.add(new Turn(" What is the " + field + "?", " " + value));
            }
            List<Turn> asked = shuffled(turns, random);
            String prompt = "Record: " + String.join(", ", record) + "." + asked.get(0).prompt();
            return new Question(
                    String.join(",", sorted(record)),
                    prompt,
                    asked.get(0).answer(),
                    List.of(),
                    asked.subList(1, asked.size()));
        }

        private List<String> values(String field) {
            return switch (field) {
                case "name", "boss", "friend" -> Words.NAMES;
                case "color" -> Words.COLORS;
                default -> Words.CITIES;
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
            return new Question(text, text, answer, List.of(" positive", " negative", " neutral"), List.of());
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
            return new Question(answer, "Sort: " + String.join(" ", words) + " ->", " " + answer);
        }
    };

    private static final List<String> FIELDS = List.of("name", "boss", "friend", "home", "work", "color");

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

    /** Draws one question of any split, as it is tested. */
    abstract Question draw(SplittableRandom random);

    /** Draws one question of any split, as it is trained: easier ones and further questions help to learn. */
    Question drawForTraining(SplittableRandom random) {
        return draw(random);
    }

    /**
     * Draws questions of one split only: others are drawn again. Splits are told apart by a hash of what a
     * question is about, so that no sum, record, review or set of words is in two of them, in whatever order it is written.
     */
    public Question draw(Split split, SplittableRandom random) {
        while (true) {
            Question question = split == Split.TRAIN ? drawForTraining(random) : draw(random);
            if (Split.of(question.instance()) == split) {
                return question;
            }
        }
    }

    private static String pick(List<String> words, SplittableRandom random) {
        return words.get(random.nextInt(words.size()));
    }

    /** A copy in random order (Durstenfeld's shuffle), the same on every Java platform. */
    private static <T> List<T> shuffled(List<T> items, SplittableRandom random) {
        List<T> copy = new ArrayList<>(items);
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
     * @param more further questions on the same, for training only
     */
    public record Question(String instance, String prompt, String answer, List<String> choices, List<Turn> more) {
        public Question {
            choices = List.copyOf(choices);
            more = List.copyOf(more);
        }

        Question(String instance, String prompt, String answer) {
            this(instance, prompt, answer, List.of(), List.of());
        }
    }

    /**
     * A further question.
     *
     * @param prompt with its leading space
     * @param answer with its leading space
     */
    public record Turn(String prompt, String answer) {}
}
