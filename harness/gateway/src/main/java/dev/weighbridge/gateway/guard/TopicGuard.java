package dev.weighbridge.gateway.guard;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Blocks a text in which phrases of a topic stand as often as a threshold says.
 *
 * <p>What evades plain comparison and is caught: capitals, inflection by English rules, full-width and other compatibility
 * characters, characters that are not seen, accents, Cyrillic and Greek letters that look like Latin ones, digits for letters,
 * letters with one sign or blank between each two. What is not caught: a thing said in other words, misspellings, irregular
 * inflection, other languages than the phrases', words of one letter between the words of a phrase that is not in the list of
 * skipped ones, letters parted by two or more signs, {@code l} written as {@code 1} (which reads as {@code i}), text turned
 * around or encoded (Base64, ROT13), and text in pictures.
 */
public final class TopicGuard implements Guard {
    private static final int CONTEXT = 60;

    private final Post post;
    private final List<Topic> topics;
    private final int threshold;

    /**
     * A guard.
     *
     * @param topics at least one, each with its own name
     * @param threshold places in a text at which phrases of one topic must stand, at least 1
     */
    public TopicGuard(Post post, List<Topic> topics, int threshold) {
        if (topics.isEmpty() || topics.stream().map(Topic::name).distinct().count() < topics.size()) {
            throw new IllegalArgumentException("guard '" + post.id() + "' needs at least one topic and no name twice");
        }
        if (threshold < 1) {
            throw new IllegalArgumentException("threshold must be at least 1, got: " + threshold);
        }
        this.post = post;
        this.topics = List.copyOf(topics);
        this.threshold = threshold;
    }

    @Override
    public Post post() {
        return post;
    }

    @Override
    public Map<String, Object> description() {
        Map<String, String> digests = new LinkedHashMap<>();
        topics.forEach(topic -> digests.put(topic.name(), "sha256:" + topic.digest()));
        return Map.of("type", "topics", "threshold", threshold, "topics", digests);
    }

    @Override
    public Verdict judge(Side side, String text) {
        List<Topic.Search> searches = topics.stream().map(Topic::search).toList();
        Words.each(text, word -> searches.forEach(search -> search.accept(word)));
        for (int i = 0; i < searches.size(); i++) {
            Topic.Search search = searches.get(i);
            if (search.places() >= threshold) {
                String excerpt = text.substring(search.first(), Math.min(text.length(), search.first() + CONTEXT));
                return new Verdict.Blocked(post.id(), topics.get(i).name(), excerpt);
            }
        }
        return Verdict.PASS;
    }
}
