package dev.weighbridge.inference.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaProcessors;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.tree.Node;
import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The chat template of a checkpoint, a Jinja template in {@code tokenizer_config.json} or {@code chat_template.jinja}. Safe for
 * use by several threads at once.
 *
 * <p>It is rendered as Hugging Face transformers does, with {@code messages}, {@code bos_token}, {@code eos_token},
 * {@code add_generation_prompt} and {@code raise_exception}. What messages contain is never taken for a template.
 */
public final class ChatTemplate {
    private static final long LARGEST_FILE = 16L << 20;
    private static final int LONGEST_TEMPLATE = 1 << 20;
    private static final long LONGEST_TEXT = PythonStrings.LONGEST_TEXT;
    private static final int LONGEST_REASON = 300;
    private static final int MOST_ELEMENTS = 1 << 16;
    /** They write as many characters as a number says, whatever the bounds. */
    private static final Set<String> UNBOUNDED_FILTERS = Set.of("batch", "center", "format", "indent");

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Pattern CODE = Pattern.compile("\\{[{%](.*?)[}%]}", Pattern.DOTALL);
    private static final Pattern LITERAL =
            Pattern.compile("'(?:\\\\.|[^'\\\\])*+'|\"(?:\\\\.|[^\"\\\\])*+\"", Pattern.DOTALL);
    private static final Pattern FILTER = Pattern.compile("\\|\\s*+([A-Za-z_]\\w*+)");

    private static final Pattern CONDITIONAL_LOOP =
            Pattern.compile("^[-+]?\\s*+for\\b(?=.*\\bif\\b)(?!.*\\belse\\b)", Pattern.DOTALL);

    private final @Nullable String template;
    private final String beginning;
    private final String end;
    private final Duration patience;
    private final Jinjava jinjava = jinjava(configuration((node, interpreter) -> {}));

    private ChatTemplate(@Nullable String template, String beginning, String end, Duration patience) {
        this.template = template;
        this.beginning = beginning;
        this.end = end;
        this.patience = patience;
    }

    /**
     * Reads the template of a checkpoint folder; a folder without one is fine until a chat is rendered.
     *
     * @throws EngineException of category BAD_MODEL when a file is damaged or too large
     */
    public static ChatTemplate read(Path folder) {
        return read(folder, PATIENCE);
    }

    /**
     * Reads the template of a checkpoint folder.
     *
     * @param patience longest time that a chat may take to render
     */
    static ChatTemplate read(Path folder, Duration patience) {
        Path file = folder.resolve("tokenizer_config.json");
        Path separate = folder.resolve("chat_template.jinja");
        JsonNode config = new ObjectMapper().createObjectNode();
        try {
            if (Files.exists(file)) {
                config = new ObjectMapper().readTree(text(file));
            }
        } catch (IOException e) {
            throw bad(file + " is damaged: it is not valid JSON: " + e.getMessage() + ". Copy it again.", e);
        }
        String template = Files.exists(separate) ? text(separate) : template(config.path("chat_template"));
        if (template != null && template.length() > LONGEST_TEMPLATE) {
            throw bad(
                    "the chat template in " + folder + " has " + template.length() + " characters, at most "
                            + LONGEST_TEMPLATE + " are read.",
                    null);
        }
        return new ChatTemplate(template, token(config.path("bos_token")), token(config.path("eos_token")), patience);
    }

    /** The tokens that the checkpoint names for the beginning and the end of a text, as texts; those that it names. */
    public List<String> boundaryTokens() {
        return Stream.of(beginning, end).filter(token -> !token.isEmpty()).toList();
    }

    /**
     * Renders a chat as the text that the model sees.
     *
     * @param addGenerationPrompt whether the text ends where the assistant's answer begins
     * @throws EngineException of category BAD_REQUEST when there is no template, it refuses these messages, it uses what is
     *     not supported here, its text is longer than 4 MiB, or it takes longer than 5 seconds
     */
    public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
        if (template == null) {
            throw refusal("this model has no chat template. Use /v1/completions.");
        }
        requireSupported(template);
        List<Map<String, String>> turns = messages.stream()
                .map(m -> Map.of("role", m.role(), "content", m.content()))
                .toList();
        Map<String, Object> variables = Map.of(
                "messages", turns,
                "bos_token", beginning,
                "eos_token", end,
                "add_generation_prompt", addGenerationPrompt);
        // Jinja drops one newline at the end of a template, but none that an expression writes there.
        String source = template.endsWith("\n") ? template.substring(0, template.length() - 1) : template;
        long start = System.nanoTime();
        RenderResult result =
                jinjava.renderForResult(source, variables, configuration((node, interpreter) -> requireTime(start)));
        requireTime(start);
        for (TemplateError error : result.getErrors()) {
            if (error.getSeverity() == TemplateError.ErrorType.FATAL) {
                throw refusal("the model's chat template refuses these messages: " + reason(error));
            }
        }
        return result.getOutput();
    }

    /**
     * The text up to where the assistant's answer begins; where the last message is the assistant's, up to its end, so that it is
     * continued, as {@code continue_final_message} of transformers does it: white space that the template cuts off stays cut off.
     *
     * @throws EngineException of category BAD_REQUEST as {@link #render}, and when the template leaves out the last message
     */
    public String prompt(List<ChatMessage> messages) {
        ChatMessage last = messages.get(messages.size() - 1);
        if (!last.role().equals(ChatMessage.ASSISTANT)) {
            return render(messages, true);
        }
        String text = render(messages, false);
        String begun = last.content().strip();
        int at = text.lastIndexOf(begun);
        if (at < 0 || begun.isEmpty()) {
            throw refusal("the model's chat template leaves out the beginning of the answer that it is given.");
        }
        String whole = last.content().stripLeading();
        return text.substring(0, at + (text.startsWith(whole, at) ? whole : begun).length());
    }

    /** What templates call to refuse a chat. */
    public static String raiseException(String message) {
        throw new IllegalArgumentException(message);
    }

    /** Called before each node of the template, so that a loop ends however little is in it. */
    private void requireTime(long start) {
        if (System.nanoTime() - start > patience.toNanos()) {
            throw refusal("the model's chat template takes longer than " + patience.toMillis()
                    + " ms for these messages. Use /v1/completions.");
        }
    }

    private static JinjavaConfig configuration(BiConsumer<Node, JinjavaInterpreter> beforeEachNode) {
        return JinjavaConfig.newBuilder()
                .withMaxOutputSize(LONGEST_TEXT)
                .withMaxStringLength(LONGEST_TEXT)
                .withDisabled(Map.of(Context.Library.FILTER, UNBOUNDED_FILTERS))
                .withMaxListSize(MOST_ELEMENTS)
                .withMaxMapSize(MOST_ELEMENTS)
                .withMaxRenderDepth(20)
                .withProcessors(JinjavaProcessors.newBuilder()
                        .withNodePreProcessor(beforeEachNode)
                        .build())
                .withNestedInterpretationEnabled(false)
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withKeepTrailingNewline(true)
                .withElResolver(new PythonStrings())
                .withInterperterFactory(new PythonInterpreter.Factory())
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withUsePyishObjectMapper(true)
                        .withEvaluateMapKeys(true)
                        .withIterateOverMapKeys(true)
                        .withUseNaturalOperatorPrecedence(true)
                        .withParseWhitespaceControlStrictly(true)
                        .withUseTrimmingForNotesAndExpressions(true)
                        .build())
                .build();
    }

    private static Jinjava jinjava(JinjavaConfig configuration) {
        Jinjava jinjava = new Jinjava(configuration);
        jinjava.getGlobalContext()
                .registerFunction(new ELFunctionDefinition(
                        "", "raise_exception", ChatTemplate.class, "raiseException", String.class));
        jinjava.getGlobalContext().registerFilter(new PythonTrim());
        return jinjava;
    }

    /**
     * Jinjava renders a filter that it does not know as nothing, which would lose what was to be filtered, and takes no notice
     * of the condition of a loop.
     */
    private void requireSupported(String source) {
        Matcher code = CODE.matcher(source);
        while (code.find()) {
            String plain = LITERAL.matcher(code.group(1)).replaceAll("''");
            if (CONDITIONAL_LOOP.matcher(plain).find()) {
                throw refusal(
                        "the model's chat template uses a loop with a condition ('for … in … if …'), which is not supported."
                                + " Use /v1/completions.");
            }
            Matcher filter = FILTER.matcher(plain);
            while (filter.find()) {
                if (jinjava.getGlobalContext().getFilter(filter.group(1)) == null) {
                    throw refusal("the model's chat template uses the filter '" + filter.group(1)
                            + "', which is not supported. Use /v1/completions.");
                }
            }
        }
    }

    /** What the template itself said where it raised the error, bounded. */
    private static String reason(TemplateError error) {
        Throwable cause = error.getException();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause == null || cause.getMessage() == null ? error.getMessage() : cause.getMessage();
        return message.length() > LONGEST_REASON ? message.substring(0, LONGEST_REASON) + "…" : message;
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw bad(file + " has " + Files.size(file) + " bytes, at most " + LARGEST_FILE + " are read.", null);
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw bad(file + " cannot be read as UTF-8 text: " + e, e);
        }
    }

    private static @Nullable String template(JsonNode node) {
        if (node.isArray()) {
            for (JsonNode named : node) {
                if (named.path("name").asText().equals("default")) {
                    return named.path("template").asText();
                }
            }
        }
        return node.isTextual() ? node.asText() : null;
    }

    private static String token(JsonNode node) {
        return node.isObject() ? node.path("content").asText("") : node.isTextual() ? node.asText() : "";
    }

    private static EngineException refusal(String message) {
        return new EngineException(EngineException.Category.BAD_REQUEST, message);
    }

    private static EngineException bad(String message, @Nullable Throwable cause) {
        return new EngineException(EngineException.Category.BAD_MODEL, message, cause);
    }
}
