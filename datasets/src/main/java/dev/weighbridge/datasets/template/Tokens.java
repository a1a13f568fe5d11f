package dev.weighbridge.datasets.template;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tokens of an expression or statement, read from left to right. */
final class Tokens {
    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(?:(?<number>\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)|(?<name>[A-Za-z_]\\w*)"
                    + "|(?<text>'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\")"
                    + "|(?<sign>\\*\\*|//|==|!=|<=|>=|[-+*/%~<>=()\\[\\]{}.,:|]))",
            Pattern.DOTALL);

    /** Kinds of tokens. */
    enum Kind {
        NUMBER,
        NAME,
        TEXT,
        SIGN,
        END
    }

    /** One token. */
    record Token(Kind kind, String text) {}

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int next;

    Tokens(String source) {
        this.source = source;
        Matcher matcher = TOKEN.matcher(source);
        int position = 0;
        while (position < source.length() && !source.substring(position).isBlank()) {
            if (!matcher.find(position) || matcher.start() != position) {
                throw new TemplateException("cannot read '" + source.strip() + "' from '"
                        + source.substring(position).strip() + "' on");
            }
            position = matcher.end();
            if (matcher.group("number") != null) {
                tokens.add(new Token(Kind.NUMBER, matcher.group("number")));
            } else if (matcher.group("name") != null) {
                tokens.add(new Token(Kind.NAME, matcher.group("name")));
            } else if (matcher.group("text") != null) {
                String quoted = matcher.group("text");
                tokens.add(new Token(Kind.TEXT, unescaped(quoted.substring(1, quoted.length() - 1))));
            } else {
                tokens.add(new Token(Kind.SIGN, matcher.group("sign")));
            }
        }
    }

    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                out.append(c);
                continue;
            }
            char escaped = text.charAt(++i);
            int digits = escaped == 'x' ? 2 : escaped == 'u' ? 4 : 0;
            if (digits > 0 && i + digits < text.length()) {
                out.append((char) Integer.parseInt(text.substring(i + 1, i + 1 + digits), 16));
                i += digits;
                continue;
            }
            switch (escaped) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case '\\', '\'', '"' -> out.append(escaped);
                case '\n' -> out.append("");
                default -> out.append('\\').append(escaped);
            }
        }
        return out.toString();
    }

    Token peek() {
        return next < tokens.size() ? tokens.get(next) : new Token(Kind.END, "");
    }

    Token take() {
        Token token = peek();
        next++;
        return token;
    }

    /** Whether the next token is that sign or word; takes it if so. */
    boolean takeIf(String text) {
        Token token = peek();
        boolean is = (token.kind() == Kind.SIGN || token.kind() == Kind.NAME)
                && token.text().equals(text);
        next += is ? 1 : 0;
        return is;
    }

    boolean at(String text) {
        boolean is = takeIf(text);
        next -= is ? 1 : 0;
        return is;
    }

    void require(String text) {
        if (!takeIf(text)) {
            throw new TemplateException("'" + source.strip() + "' needs a '" + text + "'"
                    + (peek().kind() == Kind.END ? " at its end" : " before '" + peek().text() + "'"));
        }
    }

    String name() {
        Token token = take();
        if (token.kind() != Kind.NAME) {
            throw new TemplateException("'" + source.strip() + "' needs a name where it has '" + token.text() + "'");
        }
        return token.text();
    }

    void end() {
        if (peek().kind() != Kind.END) {
            throw new TemplateException("'" + source.strip() + "' should end before '" + peek().text() + "'");
        }
    }
}
