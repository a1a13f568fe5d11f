package dev.weighbridge.datasets.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A text with places that are filled from a row: the part of Jinja2 that lm-evaluation-harness's task files use, with unknown
 * names an error and the last line end kept. {@code {{ value }}}, {@code {% if %}}, {@code {% for %}}, {@code {% set %}}, comments
 * and white-space control; no macros, no includes, and nothing that reaches outside the row.
 */
public final class Template {
    private static final Pattern PLACE = Pattern.compile(
            "(?<open>\\{\\{|\\{%|\\{#)(?<left>[-+]?)(?<inside>.*?)(?<right>[-+]?)(?<close>\\}\\}|%\\}|#\\})",
            Pattern.DOTALL);
    private static final Map<String, String> CLOSING = Map.of("{{", "}}", "{%", "%}", "{#", "#}");
    private static final int LONGEST = 1 << 20;

    private final String source;
    private final List<Part> parts;
    private final @Nullable Expression only;

    private Template(String source, List<Part> parts, @Nullable Expression only) {
        this.source = source;
        this.parts = parts;
        this.only = only;
    }

    /** A part of a template. */
    private interface Part {
        void write(Scope scope, StringBuilder out);
    }

    /**
     * Reads a template.
     *
     * @throws TemplateException when it is not well-formed, or uses a filter, test or statement that is not known
     */
    public static Template parse(String source) {
        if (source.length() > LONGEST) {
            throw new TemplateException(
                    "a template has " + source.length() + " characters; at most " + LONGEST + " are read");
        }
        Reader reader = new Reader(source.replace("\r\n", "\n").replace('\r', '\n'));
        List<Part> parts = reader.read();
        return new Template(source, parts, reader.only);
    }

    /**
     * The text for a row.
     *
     * @param row values by name: texts, numbers, booleans, lists, maps and nulls
     * @throws TemplateException when the row has not what the template needs, or it does too much
     */
    public String render(Map<String, ? extends @Nullable Object> row) {
        Budget budget = new Budget();
        StringBuilder out = new StringBuilder();
        try {
            write(parts, Scope.of(row, budget), out);
        } catch (StackOverflowError e) {
            throw new TemplateException("the row is nested too deep for the template");
        }
        return budget.made(out.toString());
    }

    /**
     * The value of a template that is nothing but one place, {@code {{ value }}}, as it is and not as text; else its text.
     *
     * @throws TemplateException as {@link #render}
     */
    public @Nullable Object value(Map<String, ? extends @Nullable Object> row) {
        return only == null ? render(row) : Python.defined(only.of(Scope.of(row, new Budget())));
    }

    @Override
    public String toString() {
        return source;
    }

    private static void write(List<Part> parts, Scope scope, StringBuilder out) {
        parts.forEach(part -> part.write(scope, out));
    }

    /** Reads the parts of a template. */
    private static final class Reader {
        private static final Set<String> ENDS = Set.of("elif", "else", "endif", "endfor", "endset");

        private final String source;
        private final List<Object> pieces = new ArrayList<>();
        private @Nullable Expression only;
        private int next;

        Reader(String source) {
            this.source = source;
        }

        /** A place of a template as it is written. */
        private record Place(String open, String inside, int position) {}

        List<Part> read() {
            cut();
            List<Part> parts = body(new ArrayDeque<>());
            if (next < pieces.size()) {
                throw error("has a '" + ((Place) pieces.get(next)).inside().strip() + "' that ends nothing");
            }
            boolean alone = pieces.size() == 1
                    && pieces.get(0) instanceof Place place
                    && place.open().equals("{{");
            only = alone ? expression(((Place) pieces.get(0)).inside()) : null;
            return parts;
        }

        private TemplateException error(String what) {
            String shown = source.length() > 80 ? source.substring(0, 80) + "…" : source;
            return new TemplateException("the template '" + shown + "' " + what);
        }

        private void cut() {
            Matcher places = PLACE.matcher(source);
            int from = 0;
            boolean strip = false;
            while (places.find(from)) {
                int end = close(places);
                String raw = source.substring(places.start() + 2, end);
                boolean left = raw.startsWith("-");
                boolean right = raw.endsWith("-") && raw.length() > (left ? 1 : 0);
                text(source.substring(from, places.start()), strip, left);
                String inside = raw.substring(left || raw.startsWith("+") ? 1 : 0, raw.length() - (right ? 1 : 0));
                if (!places.group("open").equals("{#")) {
                    pieces.add(new Place(places.group("open"), inside, places.start()));
                }
                strip = right;
                from = end + 2;
            }
            String rest = source.substring(from);
            if (rest.contains("{{") || rest.contains("{%") || rest.contains("{#")) {
                throw error("opens a place that it does not close");
            }
            text(rest, strip, false);
        }

        /** Where the place ends: the first closing sign that is not within a text or a map. */
        private int close(Matcher place) {
            String closing = CLOSING.get(place.group("open"));
            int depth = 0;
            char quote = 0;
            for (int i = place.start() + 2; i < source.length(); i++) {
                char c = source.charAt(i);
                if (quote != 0) {
                    i += c == '\\' ? 1 : 0;
                    quote = c == quote ? 0 : quote;
                } else if (depth == 0 && source.startsWith(String.valueOf(closing), i)) {
                    return i;
                } else if (!"#}".equals(closing)) {
                    quote = c == '\'' || c == '"' ? c : 0;
                    depth += c == '{' ? 1 : c == '}' ? -1 : 0;
                }
            }
            throw error("opens a place that it does not close");
        }

        private void text(String text, boolean left, boolean right) {
            String kept = Methods.stripped(text, null, left, right);
            if (!kept.isEmpty()) {
                pieces.add(kept);
            }
        }

        private List<Part> body(Deque<String> open) {
            List<Part> parts = new ArrayList<>();
            while (next < pieces.size()) {
                Object piece = pieces.get(next);
                if (piece instanceof String text) {
                    next++;
                    parts.add((scope, out) -> out.append(text));
                    continue;
                }
                Place place = (Place) piece;
                if (place.open().equals("{{")) {
                    next++;
                    Expression value = expression(place.inside());
                    parts.add((scope, out) -> out.append(scope.budget().made(Python.str(value.of(scope)))));
                    continue;
                }
                Tokens tokens = new Tokens(place.inside());
                String name = tokens.name();
                if (ENDS.contains(name)) {
                    return parts;
                }
                next++;
                open.push(name);
                parts.add(statement(name, tokens, open));
                open.pop();
            }
            if (!open.isEmpty()) {
                throw error("has an '" + open.peek() + "' without its end");
            }
            return parts;
        }

        private Expression expression(String inside) {
            Tokens tokens = new Tokens(inside);
            Expression value = new ExpressionReader(tokens).readTuple();
            tokens.end();
            return value;
        }

        private Part statement(String name, Tokens tokens, Deque<String> open) {
            return switch (name) {
                case "if" -> condition(tokens, open);
                case "for" -> loop(tokens, open);
                case "set" -> assignment(tokens, open);
                default -> throw error("has a statement '" + name + "'; if, for and set are known");
            };
        }

        private Tokens end() {
            if (next >= pieces.size()) {
                throw error("has a statement without its end");
            }
            return new Tokens(((Place) pieces.get(next++)).inside());
        }

        private Part condition(Tokens tokens, Deque<String> open) {
            Expression test = new ExpressionReader(tokens).readWithoutCondition();
            tokens.end();
            List<Part> then = body(open);
            Tokens after = end();
            String word = after.name();
            List<Part> otherwise;
            switch (word) {
                case "elif" -> otherwise = List.of(condition(after, open));
                case "else" -> {
                    otherwise = body(open);
                    require(end(), "endif");
                }
                default -> {
                    otherwise = List.of();
                    if (!word.equals("endif")) {
                        throw error("ends an 'if' with '" + word + "'");
                    }
                }
            }
            return (scope, out) -> write(Python.truth(test.of(scope)) ? then : otherwise, scope, out);
        }

        private void require(Tokens tokens, String word) {
            String seen = tokens.name();
            if (!seen.equals(word)) {
                throw error("has '" + seen + "' where '" + word + "' should be");
            }
        }

        private Part loop(Tokens tokens, Deque<String> open) {
            List<String> names = new ArrayList<>(List.of(tokens.name()));
            while (tokens.takeIf(",")) {
                names.add(tokens.name());
            }
            tokens.require("in");
            ExpressionReader reader = new ExpressionReader(tokens);
            Expression list = reader.readWithoutCondition();
            Expression kept = tokens.takeIf("if") ? reader.read() : scope -> true;
            tokens.end();
            List<Part> body = body(open);
            Tokens after = end();
            List<Part> otherwise = List.of();
            String word = after.name();
            if (word.equals("else")) {
                otherwise = body(open);
                require(end(), "endfor");
            } else if (!word.equals("endfor")) {
                throw error("ends a 'for' with '" + word + "'");
            }
            List<Part> empty = otherwise;
            return (scope, out) -> {
                if (!repeat(names, list, kept, body, scope, out)) {
                    write(empty, scope, out);
                }
            };
        }

        private static boolean repeat(
                List<String> names, Expression list, Expression kept, List<Part> body, Scope scope, StringBuilder out) {
            List<@Nullable Object> elements = new ArrayList<>();
            for (Object element : Python.elements(list.of(scope))) {
                Scope inner = scope.inner();
                bind(names, element, inner);
                if (Python.truth(kept.of(inner))) {
                    elements.add(element);
                }
            }
            for (int i = 0; i < elements.size(); i++) {
                scope.budget().step();
                Scope inner = scope.inner();
                bind(names, elements.get(i), inner);
                inner.set("loop", place(i, elements));
                write(body, inner, out);
            }
            return !elements.isEmpty();
        }

        private static Map<String, @Nullable Object> place(int i, List<@Nullable Object> elements) {
            Map<String, @Nullable Object> loop = new HashMap<>();
            int size = elements.size();
            loop.put("index", i + 1L);
            loop.put("index0", (long) i);
            loop.put("revindex", (long) size - i);
            loop.put("revindex0", (long) size - i - 1);
            loop.put("first", i == 0);
            loop.put("last", i == size - 1);
            loop.put("length", (long) size);
            if (i > 0) {
                loop.put("previtem", elements.get(i - 1));
            }
            if (i + 1 < size) {
                loop.put("nextitem", elements.get(i + 1));
            }
            return loop;
        }

        private static void bind(List<String> names, @Nullable Object element, Scope scope) {
            if (names.size() == 1) {
                scope.set(names.get(0), element);
                return;
            }
            List<@Nullable Object> values = Python.elements(element);
            if (values.size() != names.size()) {
                throw new TemplateException(Python.repr(element) + " has not one value for each of " + names);
            }
            for (int i = 0; i < names.size(); i++) {
                scope.set(names.get(i), values.get(i));
            }
        }

        private Part assignment(Tokens tokens, Deque<String> open) {
            List<String> names = new ArrayList<>(List.of(tokens.name()));
            while (tokens.takeIf(",")) {
                names.add(tokens.name());
            }
            if (tokens.takeIf("=")) {
                Expression value = new ExpressionReader(tokens).readTuple();
                tokens.end();
                return (scope, out) -> bind(names, Python.defined(value.of(scope)), scope);
            }
            tokens.end();
            List<Part> body = body(open);
            require(end(), "endset");
            return (scope, out) -> {
                StringBuilder text = new StringBuilder();
                write(body, scope.inner(), text);
                scope.set(names.get(0), text.toString());
            };
        }
    }
}
