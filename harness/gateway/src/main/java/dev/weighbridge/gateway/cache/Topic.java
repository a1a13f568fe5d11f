package dev.weighbridge.gateway.cache;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Something that can be asked in several ways, and whose answer can be computed. */
final class Topic {
    private static final List<Topic> ALL = List.of(
            new Topic(
                    new Range(10, 999),
                    new Range(10, 999),
                    meaning -> Integer.toString(meaning.first() + meaning.second()),
                    List.of(
                            "What is {first} plus {second}?",
                            "Add {first} and {second}.",
                            "How much do {first} and {second} make together?",
                            "Please give me the sum of {first} and {second}.",
                            "Work out {first} + {second} for me.",
                            "If you add {first} and {second}, what do you get?"),
                    List.of()),
            new Topic(
                    new Range(1, 49),
                    new Range(50, 200),
                    meaning -> meaning.second() - meaning.first() + " euros",
                    List.of(
                            "A ticket costs {first} euros and {name} pays with {second} euros. How much change is that?",
                            "How much change does {name} get from {second} euros for a ticket of {first} euros?",
                            "For a ticket of {first} euros, {name} gives {second} euros. What comes back?",
                            "What change is due when {name} pays {second} euros for a ticket that costs {first} euros?"),
                    List.of()),
            new Topic(
                    new Range(2, 12),
                    new Range(2, 30),
                    meaning -> meaning.first() * meaning.second() + " hours",
                    List.of(
                            "{name} works {first} hours a day. How many hours are that in {second} days?",
                            "How many hours does {name} work in {second} days of {first} hours each?",
                            "At {first} hours a day, how long has {name} worked after {second} days?",
                            "Please tell me how many hours {name} works in {second} days, at {first} hours a day."),
                    List.of()),
            new Topic(
                    new Range(1930, 2005),
                    new Range(2010, 2060),
                    meaning -> meaning.second() - meaning.first() + " years",
                    List.of(
                            "How old does {name}, born in {first}, become in {second}?",
                            "{name} was born in {first}. What age is that in {second}?",
                            "Born in {first}, how many years old is {name} at the end of {second}?",
                            "Which birthday does {name} have in {second}, having been born in {first}?"),
                    List.of()),
            new Topic(
                    new Range(20, 400),
                    new Range(3, 19),
                    meaning -> meaning.first() % meaning.second() + " apples",
                    List.of(
                            "{name} shares {first} apples among {second} children. How many are left over?",
                            "How many apples are left when {name} shares {first} of them among {second} children?",
                            "When {second} children get equal shares of the {first} apples of {name}, what remains?"),
                    List.of()),
            new Topic(
                    new Range(0, 23),
                    new Range(1, 11),
                    meaning -> (meaning.first() + meaning.second()) % 24 + " o'clock",
                    List.of(
                            "A train leaves at {first} o'clock and takes {second} hours. When does it arrive?",
                            "When does a train arrive that leaves at {first} o'clock and takes {second} hours?",
                            "At what time is a train there that departs at {first} o'clock and travels {second} hours?"),
                    List.of()),
            new Topic(
                    new Range(2, 400),
                    Range.NONE,
                    meaning -> 60 * meaning.first() + " minutes",
                    List.of(
                            "How many minutes are {first} hours?",
                            "Convert {first} hours to minutes.",
                            "What are {first} hours in minutes?",
                            "Please tell me the number of minutes in {first} hours."),
                    List.of()),
            new Topic(
                    Range.NONE,
                    Range.NONE,
                    meaning -> new StringBuilder(meaning.name())
                            .reverse()
                            .toString()
                            .toLowerCase(Locale.ROOT),
                    List.of(
                            "Spell the name {name} backwards.",
                            "Write the name {name} from its last letter to its first.",
                            "What does the name {name} read from right to left?",
                            "Please reverse the letters of the name {name}."),
                    List.of()),
            new Topic(
                    Range.NONE,
                    Range.NONE,
                    meaning -> letters(meaning.name(), letter -> isVowel(letter) != meaning.negated()),
                    List.of(
                            "Which letters of the name {name} are vowels?",
                            "Name the letters in {name} that are vowels.",
                            "Looking at the name {name}, what letters are vowels?"),
                    List.of(
                            "Which letters of the name {name} are not vowels?",
                            "Name the letters in {name} that are not vowels.",
                            "Looking at the name {name}, what letters aren't vowels?")),
            new Topic(
                    new Range(10, 60),
                    new Range(2, 9),
                    meaning -> numbers(meaning.first(), n -> (n % meaning.second() == 0) != meaning.negated()),
                    List.of(
                            "Which numbers from 1 to {first} are multiples of {second}?",
                            "List the numbers from 1 to {first} that are divisible by {second}.",
                            "Of the numbers from 1 to {first}, which can be divided by {second}?"),
                    List.of(
                            "Which numbers from 1 to {first} are not multiples of {second}?",
                            "List the numbers from 1 to {first} that are not divisible by {second}.",
                            "Of the numbers from 1 to {first}, which cannot be divided by {second}?")),
            new Topic(
                    new Range(100, 999),
                    new Range(100, 999),
                    meaning -> ((meaning.first() > meaning.second()) != meaning.negated() ? "yes, " : "no, ")
                            + meaning.first()
                            + (meaning.first() > meaning.second() ? " is greater than " : " is not greater than ")
                            + meaning.second(),
                    List.of(
                            "Is {first} greater than {second}?",
                            "Is it true that {first} is more than {second}?",
                            "Tell me whether {first} is above {second}."),
                    List.of(
                            "Is {first} not greater than {second}?",
                            "Is it true that {first} is not more than {second}?",
                            "Tell me whether {first} is not above {second}.")));

    private static final List<String> NAMES = List.of(
            "Ada", "Alma", "Amir", "Anna", "Aron", "Beate", "Bela", "Boris", "Carla", "Celia", "Clara", "Dana", "David",
            "Dora", "Edgar", "Elena", "Elias", "Emma", "Erik", "Farid", "Flora", "Frida", "Greta", "Hana", "Hanno",
            "Helena", "Hugo", "Ida", "Igor", "Ines", "Irma", "Ivan", "Jana", "Jonas", "Judith", "Karim", "Karl",
            "Klara", "Lara", "Leon", "Lina", "Lotte", "Lucia", "Marek", "Maria", "Marta", "Milan", "Mira", "Nadia",
            "Nora", "Olga", "Oscar", "Paula", "Pavel", "Rosa", "Samir", "Selma", "Tamar", "Viktor", "Wanda");

    private final Range first;
    private final Range second;
    private final Function<Meaning, String> answer;
    private final List<String> phrasings;
    private final List<String> negatedPhrasings;

    private Topic(
            Range first,
            Range second,
            Function<Meaning, String> answer,
            List<String> phrasings,
            List<String> negatedPhrasings) {
        this.first = first;
        this.second = second;
        this.answer = answer;
        this.phrasings = phrasings;
        this.negatedPhrasings = negatedPhrasings;
    }

    /**
     * Numbers that make sense in a topic.
     *
     * @param least of them
     * @param most of them; 0 in a topic without that number
     */
    record Range(int least, int most) {
        static final Range NONE = new Range(0, 0);

        private int draw(Random random) {
            return least + random.nextInt(most - least + 1);
        }

        /** The number with one digit changed, or another one where that leaves the range. */
        private int other(int number, Random random) {
            for (int attempt = 0; attempt < 20; attempt++) {
                char[] digits = Integer.toString(number).toCharArray();
                digits[random.nextInt(digits.length)] = (char) ('0' + random.nextInt(10));
                int changed = Integer.parseInt(new String(digits));
                if (changed != number && changed >= least && changed <= most) {
                    return changed;
                }
            }
            return number == most ? least : number + 1;
        }
    }

    /**
     * What is asked, apart from how.
     *
     * @param name that is asked about; empty in a topic without one
     * @param first number; 0 in a topic without one
     * @param second number; 0 in a topic without one
     */
    record Meaning(Topic topic, boolean negated, String name, int first, int second) {
        static Meaning draw(Random random) {
            Topic topic = ALL.get(random.nextInt(ALL.size()));
            return new Meaning(
                    topic,
                    topic.isNegatable() && random.nextBoolean(),
                    topic.hasName() ? NAMES.get(random.nextInt(NAMES.size())) : "",
                    topic.first.draw(random),
                    topic.second.draw(random));
        }

        int phrasings() {
            return topic.phrasings.size();
        }

        /** One of the ways of asking it. A negated one is as the one that is not, but for the negation. */
        String prompt(int phrasing) {
            return (negated ? topic.negatedPhrasings : topic.phrasings)
                    .get(phrasing)
                    .replace("{name}", name)
                    .replace("{first}", Integer.toString(first))
                    .replace("{second}", Integer.toString(second));
        }

        String answer() {
            return topic.answer.apply(this);
        }

        /** Ways in which it can be changed. */
        List<Question.Origin> changes() {
            return Arrays.stream(Question.Origin.values())
                    .filter(change -> switch (change) {
                        case ASKED -> false;
                        case OTHER_NUMBER -> topic.first.most() > 0;
                        case NEGATED -> topic.isNegatable();
                        case OTHER_NAME -> topic.hasName();
                    })
                    .toList();
        }

        Meaning changed(Question.Origin change, Random random) {
            return switch (change) {
                case ASKED -> this;
                case OTHER_NUMBER ->
                    topic.second.most() > 0 && random.nextBoolean()
                            ? new Meaning(topic, negated, name, first, topic.second.other(second, random))
                            : new Meaning(topic, negated, name, topic.first.other(first, random), second);
                case NEGATED -> new Meaning(topic, !negated, name, first, second);
                case OTHER_NAME -> new Meaning(topic, negated, otherName(random), first, second);
            };
        }

        private String otherName(Random random) {
            // Any but the present one, each as likely as the others.
            int step = 1 + random.nextInt(NAMES.size() - 1);
            return NAMES.get((NAMES.indexOf(name) + step) % NAMES.size());
        }
    }

    private boolean isNegatable() {
        return !negatedPhrasings.isEmpty();
    }

    private boolean hasName() {
        return phrasings.get(0).contains("{name}");
    }

    private static boolean isVowel(int letter) {
        return "aeiou".indexOf(letter) >= 0;
    }

    private static String letters(String name, IntPredicate wanted) {
        return name.toLowerCase(Locale.ROOT)
                .chars()
                .filter(wanted)
                .mapToObj(Character::toString)
                .collect(Collectors.joining(", "));
    }

    private static String numbers(int most, IntPredicate wanted) {
        return IntStream.rangeClosed(1, most)
                .filter(wanted)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", "));
    }
}
