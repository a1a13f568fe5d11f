package dev.weighbridge.inference.tokenizer;

import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.StringTokenizer;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import jinjava.javax.el.MethodNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * The string methods that chat templates call, with the meaning that Python gives them; anything else, Java's own methods
 * among it, is not there. Adds to what Jinjava resolves already.
 */
final class PythonStrings extends ELResolver {
    static final int LONGEST_TEXT = 4 << 20;

    /** What Python's {@code str.isspace} takes for white space. */
    private static final String WHITE_SPACE =
            " \t\n\u000b\f\r\u001c\u001d\u001e\u001f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003"
                    + "\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

    private final ELResolver standard = JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY;

    @Override
    public @Nullable Object invoke(
            ELContext context, Object base, Object method, Class<?> @Nullable [] types, Object @Nullable [] arguments) {
        if (!(base instanceof CharSequence) || arguments == null) {
            return standard.invoke(context, base, method, types, arguments);
        }
        Object result = invoke(base.toString(), String.valueOf(method), arguments);
        context.setPropertyResolved(true);
        return result;
    }

    private static Object invoke(String text, String method, Object[] arguments) {
        String first = arguments.length > 0 ? String.valueOf(arguments[0]) : null;
        return switch (method + "/" + arguments.length) {
            case "startswith/1" -> text.startsWith(String.valueOf(first));
            case "endswith/1" -> text.endsWith(String.valueOf(first));
            case "strip/0", "strip/1" -> strip(text, first, true, true);
            case "lstrip/0", "lstrip/1" -> strip(text, first, true, false);
            case "rstrip/0", "rstrip/1" -> strip(text, first, false, true);
            case "upper/0" -> text.toUpperCase(Locale.ROOT);
            case "lower/0" -> text.toLowerCase(Locale.ROOT);
            case "capitalize/0" ->
                text.isEmpty()
                        ? text
                        : text.substring(0, 1).toUpperCase(Locale.ROOT)
                                + text.substring(1).toLowerCase(Locale.ROOT);
            case "replace/2" -> replace(text, String.valueOf(first), String.valueOf(arguments[1]));
            case "find/1" -> (long) text.indexOf(String.valueOf(first));
            case "split/0" -> words(text);
            case "split/1" -> split(text, String.valueOf(first));
            default ->
                throw new MethodNotFoundException(
                        "the string method " + method + " with " + arguments.length + " arguments is not supported");
        };
    }

    private static String replace(String text, String part, String replacement) {
        long length = text.length();
        int step = Math.max(1, part.length());
        for (int at = text.indexOf(part); at >= 0 && at < text.length(); at = text.indexOf(part, at + step)) {
            length += replacement.length() - part.length();
        }
        if (length > LONGEST_TEXT) {
            throw new IllegalArgumentException(
                    "replace would make a text of " + length + " characters, over limit of " + LONGEST_TEXT);
        }
        return text.replace(part, replacement);
    }

    private static String strip(String text, @Nullable String characters, boolean left, boolean right) {
        String set = characters == null ? WHITE_SPACE : characters;
        int from = 0;
        int to = text.length();
        while (left && from < to && set.indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        while (right && to > from && set.indexOf(text.charAt(to - 1)) >= 0) {
            to--;
        }
        return text.substring(from, to);
    }

    private static List<String> words(String text) {
        StringTokenizer words = new StringTokenizer(text, WHITE_SPACE);
        List<String> parts = new ArrayList<>();
        while (words.hasMoreTokens()) {
            parts.add(words.nextToken());
        }
        return parts;
    }

    static String trim(String text) {
        return strip(text, null, true, true);
    }

    private static List<String> split(String text, String separator) {
        if (separator.isEmpty()) {
            throw new IllegalArgumentException("split needs a separator that is not empty");
        }
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    @Override
    public @Nullable Object getValue(ELContext context, @Nullable Object base, Object property) {
        return standard.getValue(context, base, property);
    }

    @Override
    public @Nullable Class<?> getType(ELContext context, @Nullable Object base, Object property) {
        return standard.getType(context, base, property);
    }

    @Override
    public void setValue(ELContext context, @Nullable Object base, Object property, Object value) {
        standard.setValue(context, base, property, value);
    }

    @Override
    public boolean isReadOnly(ELContext context, @Nullable Object base, Object property) {
        return standard.isReadOnly(context, base, property);
    }

    @Override
    public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, @Nullable Object base) {
        return Collections.emptyIterator();
    }

    @Override
    public @Nullable Class<?> getCommonPropertyType(ELContext context, @Nullable Object base) {
        return standard.getCommonPropertyType(context, base);
    }
}
