package dev.weighbridge.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the texts of a stream of server-sent events (HTML standard, "Interpreting an event stream") through filters, one for each
 * text of each choice. An event whose texts all go on is left byte for byte; one of which nothing goes on is left out; text that
 * goes on later comes in an event of its own or in that which ends the choice. A choice that a filter ended says so in its finish
 * reason, and nothing more of it follows; once all choices are at such an end, the stream is.
 */
final class EventRewriter implements Rewriter {
    private static final int MOST_EVENT_BYTES = 4 << 20;
    private static final int MOST_TEXTS = 4_096;
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8);

    private final Supplier<AnswerFilter> filters;
    private final Supplier<String> comment;
    private final int choices;
    private final Map<Integer, Map<String, Text>> texts = new TreeMap<>();
    private final Set<Integer> withheld = new HashSet<>();
    private final ByteArrayOutputStream event = new ByteArrayOutputStream(1024);
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    private final StringBuilder data = new StringBuilder();
    private boolean first = true;
    private boolean hasData;
    private boolean afterReturn;
    private boolean finished;
    private int count;
    private ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** One text of a choice: its filter, and an event in which more of it can be sent. */
    private record Text(AnswerFilter filter, ObjectNode template) {}

    /**
     * A rewriter.
     *
     * @param filters a new filter for each text
     * @param comment that is sent before the end mark, as a comment of the event stream
     * @param choices that the answer has
     */
    EventRewriter(Supplier<AnswerFilter> filters, Supplier<String> comment, int choices) {
        this.filters = filters;
        this.comment = comment;
        this.choices = choices;
    }

    @Override
    public ByteBuffer accept(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            while (buffer.hasRemaining() && !finished) {
                accept(buffer.get());
            }
        }
        return take();
    }

    @Override
    public boolean finished() {
        return finished;
    }

    @Override
    public ByteBuffer end() {
        if (!finished) {
            // The server ended without the end mark; what is held back is still judged.
            endChoices();
            comment();
        }
        return take();
    }

    private ByteBuffer take() {
        ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray());
        out = new ByteArrayOutputStream();
        return bytes;
    }

    private void accept(byte next) {
        if (event.size() >= MOST_EVENT_BYTES) {
            throw GatewayException.upstream("the server sent an event of more than " + MOST_EVENT_BYTES + " bytes");
        }
        if (next == '\n' && afterReturn) {
            // The second half of a line end: it belongs to the line before, whose event may have gone on already.
            afterReturn = false;
            (event.size() == 0 ? out : event).write(next);
            return;
        }
        event.write(next);
        afterReturn = next == '\r';
        if (next == '\n' || next == '\r') {
            endLine();
        } else {
            line.write(next);
        }
    }

    private void endLine() {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (first && text.startsWith("\uFEFF")) {
            // A mark of the byte order may stand before a stream, and clients leave it out.
            text = text.substring(1);
        }
        first = false;
        if (text.isEmpty()) {
            endEvent();
        } else if (text.startsWith("data:") || text.equals("data")) {
            String value = text.length() <= 5 ? "" : text.substring(text.charAt(5) == ' ' ? 6 : 5);
            data.append(hasData ? "\n" : "").append(value);
            hasData = true;
        }
    }

    private void endEvent() {
        byte[] raw = event.toByteArray();
        String text = data.toString();
        boolean any = hasData;
        event.reset();
        data.setLength(0);
        hasData = false;
        if (!any) {
            out.writeBytes(raw);
        } else if (text.equals("[DONE]")) {
            endChoices();
            comment();
            out.writeBytes(raw);
            finished = true;
        } else {
            rewrite(raw, text);
        }
    }

    private void rewrite(byte[] raw, String text) {
        JsonNode tree;
        try {
            tree = WholeAnswer.JSON.readTree(text);
        } catch (IOException e) {
            throw GatewayException.upstream("the server sent an event that is not JSON");
        }
        if (!(tree instanceof ObjectNode object)
                || !(object.path("choices") instanceof ArrayNode list)
                || list.isEmpty()) {
            // Errors, usage and whatever else carries no text.
            out.writeBytes(raw);
            return;
        }
        Change change = Change.NONE;
        for (int i = list.size() - 1; i >= 0; i--) {
            if (!(list.get(i) instanceof ObjectNode choice)) {
                throw GatewayException.upstream("the server sent an event with a choice that is no object");
            }
            Change here = choice(object, choice);
            if (here == Change.GONE) {
                list.remove(i);
            }
            change = change == Change.NONE ? here : Change.SOME;
        }
        if (change == Change.NONE) {
            out.writeBytes(raw);
        } else if (!list.isEmpty() || object.hasNonNull("usage")) {
            send(object);
        }
        if (withheld.size() >= choices) {
            comment();
            out.writeBytes(DONE);
            finished = true;
        }
    }

    private enum Change {
        NONE,
        SOME,
        GONE
    }

    private Change choice(ObjectNode event, ObjectNode choice) {
        int index = choice.path("index").asInt(0);
        if (withheld.contains(index)) {
            return Change.GONE;
        }
        boolean changed = false;
        boolean anything =
                choice.hasNonNull("finish_reason") || choice.path("delta").has("role");
        Set<String> here = new HashSet<>();
        for (Texts.Place place : WholeAnswer.texts(choice)) {
            String given = place.text();
            AnswerFilter.Release release =
                    text(event, choice, index, place).filter().accept(given);
            here.add(place.path());
            place.replace(release.text());
            changed |= !release.text().equals(given);
            anything |= !release.text().isEmpty() || given.isEmpty();
            if (release.finishReason() != null) {
                withhold(choice, index, release, place);
                return Change.SOME;
            }
        }
        if (changed) {
            WholeAnswer.withoutTokens(choice);
        }
        if (choice.hasNonNull("finish_reason")) {
            return end(choice, index, here) || changed ? Change.SOME : Change.NONE;
        }
        boolean others = choice.path("delta").has("tool_calls");
        return !changed ? Change.NONE : anything || others ? Change.SOME : Change.GONE;
    }

    /** Lets what is still held back of a choice go on, in the event that ends it or before. */
    private boolean end(ObjectNode choice, int index, Set<String> here) {
        boolean changed = false;
        String reason = choice.path("finish_reason").asText();
        for (Map.Entry<String, Text> entry : texts.getOrDefault(index, Map.of()).entrySet()) {
            AnswerFilter.Release last = entry.getValue().filter().end(reason);
            if (!last.text().isEmpty()) {
                changed |= append(choice, entry.getKey(), here, last.text());
                if (!here.contains(entry.getKey())) {
                    send(filled(entry.getValue().template(), entry.getKey(), last.text()));
                }
            }
            if (last.finishReason() != null && !last.finishReason().equals(reason)) {
                choice.put("finish_reason", last.finishReason());
                withheld.add(index);
                texts.remove(index);
                return true;
            }
        }
        texts.remove(index);
        return changed;
    }

    private static boolean append(ObjectNode choice, String path, Set<String> here, String text) {
        if (here.contains(path)) {
            WholeAnswer.texts(choice).stream()
                    .filter(place -> place.path().equals(path))
                    .findFirst()
                    .ifPresent(place -> place.replace(place.text() + text));
        }
        return here.contains(path);
    }

    /** Ends a choice with what a filter let through at last; its other texts stay held back for ever. */
    private void withhold(ObjectNode choice, int index, AnswerFilter.Release release, Texts.Place place) {
        for (Texts.Place other : WholeAnswer.texts(choice)) {
            other.replace(other.path().equals(place.path()) ? release.text() : "");
        }
        choice.put("finish_reason", release.finishReason());
        WholeAnswer.withoutTokens(choice);
        withheld.add(index);
        texts.remove(index);
    }

    private Text text(ObjectNode event, ObjectNode choice, int index, Texts.Place place) {
        Map<String, Text> ofChoice = texts.computeIfAbsent(index, key -> new TreeMap<>());
        @Nullable Text known = ofChoice.get(place.path());
        if (known != null) {
            return known;
        }
        if (++count > MOST_TEXTS) {
            throw GatewayException.upstream("the server's answer has more than " + MOST_TEXTS + " texts");
        }
        Text text = new Text(filters.get(), template(event, choice));
        ofChoice.put(place.path(), text);
        return text;
    }

    /** An event like this one that has this choice alone and no text. */
    private static ObjectNode template(ObjectNode event, ObjectNode choice) {
        ObjectNode template = event.objectNode();
        event.properties().forEach(field -> {
            if (!field.getKey().equals("choices") && !field.getKey().equals("usage")) {
                template.set(field.getKey(), field.getValue().deepCopy());
            }
        });
        ObjectNode only = choice.deepCopy();
        only.putNull("finish_reason");
        withoutStructure(only.path("delta"));
        template.putArray("choices").add(only);
        return template;
    }

    /** Clients join what comes of one name, and would have it twice. */
    private static void withoutStructure(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove(WholeAnswer.STRUCTURE);
        }
        node.forEach(EventRewriter::withoutStructure);
    }

    private static ObjectNode filled(ObjectNode template, String path, String text) {
        ObjectNode choice = (ObjectNode) template.path("choices").path(0);
        for (Texts.Place place : WholeAnswer.texts(choice)) {
            place.replace(place.path().equals(path) ? text : "");
        }
        return template;
    }

    private void endChoices() {
        for (Map.Entry<Integer, Map<String, Text>> choice : texts.entrySet()) {
            for (Map.Entry<String, Text> entry : choice.getValue().entrySet()) {
                AnswerFilter.Release last = entry.getValue().filter().end("");
                boolean stopped = AnswerFilter.CONTENT_FILTER.equals(last.finishReason());
                if (!last.text().isEmpty() || stopped) {
                    ObjectNode event = filled(entry.getValue().template(), entry.getKey(), last.text());
                    if (stopped) {
                        ((ObjectNode) event.path("choices").path(0)).put("finish_reason", last.finishReason());
                    }
                    send(event);
                }
                if (stopped) {
                    break;
                }
            }
        }
        texts.clear();
    }

    private void comment() {
        out.writeBytes((": " + comment.get() + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    private void send(ObjectNode event) {
        out.writeBytes(("data: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
    }
}
