package dev.weighbridge.datasets.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads expressions with Jinja2's precedence of operators, the loosest first: if, or, and, not, comparisons, +, ~, *, sign, **, filters. */
final class ExpressionReader {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");
    private static final int DEEPEST = 60;

    private final Tokens tokens;
    private int depth;

    ExpressionReader(Tokens tokens) {
        this.tokens = tokens;
    }

    /** One expression. */
    Expression read() {
        if (++depth > DEEPEST) {
            throw new TemplateException("an expression is nested more than " + DEEPEST + " deep");
        }
        Expression value = or();
        while (tokens.takeIf("if")) {
            Expression condition = or();
            Expression then = value;
            Expression otherwise = tokens.takeIf("else") ? read() : scope -> "";
            value = scope -> Python.truth(condition.of(scope)) ? then.of(scope) : otherwise.of(scope);
        }
        depth--;
        return value;
    }

    /** One or several expressions with commas between them, which make a list. */
    Expression readTuple() {
        Expression first = read();
        if (!tokens.at(",")) {
            return first;
        }
        List<Expression> elements = new ArrayList<>(List.of(first));
        while (tokens.takeIf(",")) {
            elements.add(read());
        }
        return tuple(elements);
    }

    /** An expression before an {@code if} that belongs to the statement around it. */
    Expression readWithoutCondition() {
        return or();
    }

    private Expression or() {
        Expression value = and();
        while (tokens.takeIf("or")) {
            Expression left = value;
            Expression right = and();
            value = scope -> {
                Object known = left.of(scope);
                return Python.truth(known) ? known : right.of(scope);
            };
        }
        return value;
    }

    private Expression and() {
        Expression value = not();
        while (tokens.takeIf("and")) {
            Expression left = value;
            Expression right = not();
            value = scope -> {
                Object known = left.of(scope);
                return Python.truth(known) ? right.of(scope) : known;
            };
        }
        return value;
    }

    private Expression not() {
        if (tokens.takeIf("not")) {
            Expression value = not();
            return scope -> !Python.truth(value.of(scope));
        }
        return comparison();
    }

    private Expression comparison() {
        Expression value = sum();
        while (true) {
            Expression left = value;
            String sign = tokens.peek().text();
            if (tokens.peek().kind() == Tokens.Kind.SIGN && COMPARISONS.contains(sign)) {
                tokens.take();
                Expression right = sum();
                value = scope -> compare(sign, left.of(scope), right.of(scope));
            } else if (tokens.takeIf("in")) {
                Expression right = sum();
                value = scope -> Python.contains(right.of(scope), left.of(scope));
            } else if (tokens.takeIf("not")) {
                tokens.require("in");
                Expression right = sum();
                value = scope -> !Python.contains(right.of(scope), left.of(scope));
            } else {
                return value;
            }
        }
    }

    private static boolean compare(String sign, @Nullable Object left, @Nullable Object right) {
        if (sign.equals("==") || sign.equals("!=")) {
            return Python.equal(left, right) == sign.equals("==");
        }
        int order = Python.order(Python.defined(left), Python.defined(right));
        return switch (sign) {
            case "<" -> order < 0;
            case ">" -> order > 0;
            case "<=" -> order <= 0;
            default -> order >= 0;
        };
    }

    private Expression sum() {
        return binary(this::joined, "+", "-");
    }

    private Expression joined() {
        return binary(this::product, "~");
    }

    private Expression product() {
        return binary(this::signed, "*", "//", "/", "%");
    }

    private Expression binary(java.util.function.Supplier<Expression> tighter, String... operators) {
        Expression value = tighter.get();
        while (true) {
            String operator = null;
            for (String candidate : operators) {
                if (operator == null && tokens.peek().kind() == Tokens.Kind.SIGN && tokens.takeIf(candidate)) {
                    operator = candidate;
                }
            }
            if (operator == null) {
                return value;
            }
            value = operation(operator, value, tighter.get());
        }
    }

    private static Expression operation(String operator, Expression left, Expression right) {
        return scope -> {
            Object value = Arithmetic.of(operator, left.of(scope), right.of(scope));
            return value instanceof String text ? scope.budget().made(text) : value;
        };
    }

    private Expression signed() {
        if (tokens.takeIf("-")) {
            Expression value = signed();
            return scope -> Arithmetic.of("-", 0L, value.of(scope));
        }
        if (tokens.takeIf("+")) {
            return signed();
        }
        Expression value = filtered(postfix(primary()));
        return tokens.takeIf("**") ? operation("**", value, signed()) : value;
    }

    private Expression filtered(Expression first) {
        Expression value = first;
        while (true) {
            Expression subject = value;
            if (tokens.takeIf("|")) {
                String name = tokens.name();
                Arguments arguments = tokens.takeIf("(") ? arguments() : Arguments.NONE;
                value = postfix(scope -> {
                    scope.budget().step();
                    return Filters.apply(name, subject.of(scope), arguments.of(scope), scope.budget());
                });
                Filters.requireKnown(name);
            } else if (tokens.takeIf("is")) {
                boolean negated = tokens.takeIf("not");
                String name = tokens.name();
                Arguments arguments = tokens.takeIf("(") ? arguments() : testArgument();
                Conditions.requireKnown(name);
                value = scope -> Conditions.holds(name, subject.of(scope), arguments.of(scope)) != negated;
            } else {
                return value;
            }
        }
    }

    /** {@code is divisibleby 3}: the argument of a test may go without parentheses. */
    private Arguments testArgument() {
        Tokens.Token next = tokens.peek();
        boolean value = next.kind() == Tokens.Kind.NUMBER
                || next.kind() == Tokens.Kind.TEXT
                || (next.kind() == Tokens.Kind.NAME
                        && !Set.of("and", "or", "if", "else", "is", "in", "not").contains(next.text()));
        return value ? new Arguments(List.of(primary()), Map.of()) : Arguments.NONE;
    }

    private Expression postfix(Expression first) {
        Expression value = first;
        while (true) {
            Expression subject = value;
            if (tokens.takeIf(".")) {
                Tokens.Token token = tokens.take();
                if (token.kind() == Tokens.Kind.NUMBER) {
                    long position = Long.parseLong(token.text());
                    value = scope -> Python.index(subject.of(scope), position);
                } else if (tokens.takeIf("(")) {
                    Arguments arguments = arguments();
                    value = scope -> {
                        scope.budget().step();
                        return Methods.call(token.text(), subject.of(scope), arguments.of(scope), scope.budget());
                    };
                } else {
                    value = scope -> Python.index(subject.of(scope), token.text());
                }
            } else if (tokens.takeIf("[")) {
                value = subscript(subject);
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression subject) {
        Expression from = tokens.at(":") ? null : read();
        if (from != null && tokens.takeIf("]")) {
            Expression key = from;
            return scope -> Python.index(subject.of(scope), key.of(scope));
        }
        tokens.require(":");
        Expression to = tokens.at(":") || tokens.at("]") ? null : read();
        Expression step = tokens.takeIf(":") && !tokens.at("]") ? read() : null;
        tokens.require("]");
        return scope -> Python.slice(subject.of(scope), value(from, scope), value(to, scope), value(step, scope));
    }

    private static @Nullable Object value(@Nullable Expression expression, Scope scope) {
        return expression == null ? null : expression.of(scope);
    }

    /** Arguments up to the closing parenthesis. */
    private Arguments arguments() {
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.takeIf(")")) {
            Expression argument = read();
            if (tokens.takeIf("=")) {
                if (!(argument instanceof Name name)) {
                    throw new TemplateException("a named argument needs a name before its '='");
                }
                named.put(name.name(), read());
            } else {
                positional.add(argument);
            }
            if (!tokens.at(")")) {
                tokens.require(",");
            }
        }
        return new Arguments(positional, named);
    }

    private Expression primary() {
        Tokens.Token token = tokens.take();
        return switch (token.kind()) {
            case NUMBER -> {
                Object number = token.text().matches("\\d{1,18}")
                        ? (Object) Long.parseLong(token.text())
                        : (Object) Double.parseDouble(token.text());
                yield scope -> number;
            }
            case TEXT -> text(token.text());
            case NAME -> named(token.text());
            case SIGN -> bracketed(token.text());
            case END -> throw new TemplateException("an expression ends where a value should come");
        };
    }

    /** Texts that follow each other are one. */
    private Expression text(String first) {
        StringBuilder whole = new StringBuilder(first);
        while (tokens.peek().kind() == Tokens.Kind.TEXT) {
            whole.append(tokens.take().text());
        }
        String text = whole.toString();
        return scope -> text;
    }

    private Expression named(String name) {
        return switch (name) {
            case "true", "True" -> scope -> true;
            case "false", "False" -> scope -> false;
            case "none", "None" -> scope -> null;
            case "range", "dict", "namespace" -> tokens.takeIf("(") ? function(name, arguments()) : new Name(name);
            default -> new Name(name);
        };
    }

    private static Expression function(String name, Arguments arguments) {
        return scope -> Methods.function(name, arguments.of(scope));
    }

    private Expression bracketed(String sign) {
        switch (sign) {
            case "(" -> {
                if (tokens.takeIf(")")) {
                    return tuple(List.of());
                }
                Expression value = read();
                if (!tokens.at(",")) {
                    tokens.require(")");
                    return value;
                }
                List<Expression> elements = new ArrayList<>(List.of(value));
                while (tokens.takeIf(",") && !tokens.at(")")) {
                    elements.add(read());
                }
                tokens.require(")");
                return tuple(elements);
            }
            case "[" -> {
                List<Expression> elements = new ArrayList<>();
                while (!tokens.takeIf("]")) {
                    elements.add(read());
                    if (!tokens.at("]")) {
                        tokens.require(",");
                    }
                }
                return list(elements);
            }
            case "{" -> {
                return map();
            }
            default -> throw new TemplateException("a value should come where there is '" + sign + "'");
        }
    }

    private Expression map() {
        Map<Expression, Expression> entries = new LinkedHashMap<>();
        while (!tokens.takeIf("}")) {
            Expression key = read();
            tokens.require(":");
            entries.put(key, read());
            if (!tokens.at("}")) {
                tokens.require(",");
            }
        }
        return scope -> {
            Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
            entries.forEach((key, value) -> map.put(key.of(scope), Python.defined(value.of(scope))));
            return map;
        };
    }

    private static Expression list(List<Expression> elements) {
        return scope -> values(elements, scope);
    }

    private static Expression tuple(List<Expression> elements) {
        return scope -> new Tuple(values(elements, scope));
    }

    private static List<@Nullable Object> values(List<Expression> elements, Scope scope) {
        List<@Nullable Object> list = new ArrayList<>();
        elements.forEach(element -> list.add(Python.defined(element.of(scope))));
        return list;
    }

    /** A variable. */
    record Name(String name) implements Expression {
        @Override
        public @Nullable Object of(Scope scope) {
            scope.budget().step();
            return scope.get(name);
        }
    }

    /** Arguments of a call before they have values. */
    record Arguments(List<Expression> positional, Map<String, Expression> named) {
        static final Arguments NONE = new Arguments(List.of(), Map.of());

        Values of(Scope scope) {
            List<@Nullable Object> values = new ArrayList<>();
            positional.forEach(expression -> values.add(Python.defined(expression.of(scope))));
            Map<String, @Nullable Object> byName = new LinkedHashMap<>();
            named.forEach((name, expression) -> byName.put(name, Python.defined(expression.of(scope))));
            return new Values(values, byName);
        }
    }

    /** Arguments of a call. */
    record Values(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
        boolean has(int position, String name) {
            return position < positional.size() || named.containsKey(name);
        }

        @Nullable
        Object get(int position, String name, @Nullable Object usual) {
            return position < positional.size() ? positional.get(position) : named.getOrDefault(name, usual);
        }

        String text(int position, String name) {
            if (!has(position, name)) {
                throw new TemplateException("argument '" + name + "' is missing");
            }
            return Python.str(get(position, name, null));
        }
    }
}
