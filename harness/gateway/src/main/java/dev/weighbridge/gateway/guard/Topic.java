package dev.weighbridge.gateway.guard;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A topic as a list of phrases. The file of one is UTF-8 with one phrase a line; blank lines, and what follows a {@code #}, are
 * left out. Case, inflection, accents and words such as "the" make no difference, see {@link Words}, and the words of a phrase
 * must follow each other in the text.
 */
public final class Topic {
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_PHRASES = 20_000;
    private static final int MOST_WORDS = 12;
    private static final int LEAST_SPELLED_OUT = 8;

    private final String name;
    private final String digest;
    private final Map<String, List<List<String>>> phrasesByLastStem = new HashMap<>();
    private final List<Pattern> spelledOut = new ArrayList<>();

    private Topic(String name, String text, String where) {
        this.name = name;
        this.digest = digest(text);
        Set<List<String>> phrases = new LinkedHashSet<>();
        int number = 0;
        for (String line : text.split("\\R", -1)) {
            number++;
            String phrase = line.replaceAll("#.*", "").strip();
            List<Words.Word> words = Words.of(phrase);
            if (phrase.isEmpty()) {
                continue;
            }
            if (words.isEmpty() || words.size() > MOST_WORDS) {
                throw new IllegalArgumentException(where + ":" + number + ": a phrase is of 1 to " + MOST_WORDS
                        + " words that carry meaning, got " + words.size());
            }
            List<String> stems = words.stream().map(Words.Word::stem).toList();
            if (phrases.add(stems)) {
                phrasesByLastStem
                        .computeIfAbsent(stems.get(stems.size() - 1), last -> new ArrayList<>())
                        .add(stems);
                spellOut(words);
            }
        }
        if (phrases.isEmpty() || phrases.size() > MOST_PHRASES) {
            throw new IllegalArgumentException(
                    where + " must have 1 to " + MOST_PHRASES + " phrases, one a line, got " + phrases.size());
        }
    }

    /** How the phrase reads where all its letters stand alone. */
    private void spellOut(List<Words.Word> words) {
        String between = Words.STOP_WORDS.stream().sorted().collect(Collectors.joining("|", "(?:", "){0,2}"));
        int letters = words.stream().mapToInt(word -> word.letters().length()).sum();
        if (letters >= LEAST_SPELLED_OUT) {
            spelledOut.add(Pattern.compile(
                    words.stream().map(word -> Pattern.quote(word.letters())).collect(Collectors.joining(between))));
        }
    }

    /** A topic of these phrases, one a line. */
    public static Topic of(String name, String text) {
        return new Topic(name, text, "topic '" + name + "'");
    }

    /**
     * Reads a topic from a file.
     *
     * @throws IllegalArgumentException when the file cannot be read, is too large, is not UTF-8 or holds no phrases
     */
    public static Topic read(String name, Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            return new Topic(name, decode(stream.readNBytes(MOST_BYTES + 1), file.toString()), file.toString());
        } catch (IOException e) {
            throw new IllegalArgumentException("the phrases of topic '" + name + "' cannot be read: " + e, e);
        }
    }

    private static String decode(byte[] bytes, String where) throws IOException {
        if (bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException(where + " is larger than " + MOST_BYTES + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(where + " is not UTF-8", e);
        }
    }

    /** The topics that come with the guards, each a short list of English phrases: weapons, drugs, malware, fraud, self-harm. */
    public static List<Topic> standard() {
        List<Topic> topics = new ArrayList<>();
        for (String name : List.of("drugs", "fraud", "malware", "self-harm", "weapons")) {
            String resource = "topics/" + name + ".txt";
            try (InputStream stream = Topic.class.getResourceAsStream(resource)) {
                if (stream == null) {
                    throw new IllegalStateException("the build lacks " + resource);
                }
                topics.add(new Topic(name, decode(stream.readAllBytes(), resource), resource));
            } catch (IOException e) {
                throw new IllegalStateException("the build's " + resource + " cannot be read", e);
            }
        }
        return topics;
    }

    /** The topic's name. */
    public String name() {
        return name;
    }

    /** SHA-256 of the phrases as they were given, in hexadecimal digits. */
    public String digest() {
        return digest;
    }

    /** Looks for the phrases in a text, word by word. */
    Search search() {
        return new Search();
    }

    /** The phrases that were seen so far; holds no more words than a phrase may have. */
    final class Search {
        private final ArrayDeque<Words.Word> last = new ArrayDeque<>(MOST_WORDS);
        private int places;
        private int first = -1;

        /** Places at which phrases ended, overlapping ones too. */
        int places() {
            return places;
        }

        /** Where the first of them began, or -1. */
        int first() {
            return first;
        }

        void accept(Words.Word word) {
            if (last.size() == MOST_WORDS) {
                last.removeLast();
            }
            last.addFirst(word);
            int begin = begin(word.stem());
            if (begin < 0 && !word.withoutArticle().equals(word.stem())) {
                begin = begin(word.withoutArticle());
            }
            if (begin < 0 && word.spelled() && holdsSpelledOut(word.letters())) {
                begin = word.place();
            }
            if (begin >= 0) {
                places++;
                first = first < 0 ? begin : first;
            }
        }

        private int begin(String stem) {
            for (List<String> phrase : phrasesByLastStem.getOrDefault(stem, List.of())) {
                int begin = begin(phrase);
                if (begin >= 0) {
                    return begin;
                }
            }
            return -1;
        }

        /** Where the phrase begins that ends with the last word, or -1. */
        private int begin(List<String> phrase) {
            int at = phrase.size();
            for (Words.Word word : last) {
                if (!word.is(phrase.get(--at))) {
                    return -1;
                }
                if (at == 0) {
                    return word.place();
                }
            }
            return -1;
        }
    }

    private boolean holdsSpelledOut(String letters) {
        return spelledOut.stream().anyMatch(pattern -> pattern.matcher(letters).find());
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
