package dev.weighbridge.inference.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import dev.weighbridge.api.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The chat template of a checkpoint, a Jinja template in {@code tokenizer_config.json} or {@code chat_template.jinja}. Safe for
 * use by several threads at once.
 */
public final class ChatTemplate {
    private static final long LONGEST_TEXT = 4L << 20;

    private final @Nullable String template;
    private final String beginning;
    private final String end;
    private final Jinjava jinjava = jinjava();

    private ChatTemplate(@Nullable String template, String beginning, String end) {
        this.template = template;
        this.beginning = beginning;
        this.end = end;
    }

    /**
     * One turn of a chat.
     *
     * @param role for example {@code user}
     * @param content its text
     */
    public record Message(String role, String content) {}

    /**
     * Reads the template of a checkpoint folder; a folder without one is fine until a chat is rendered.
     *
     * @throws EngineException of category BAD_MODEL when the configuration is not valid JSON
     */
    public static ChatTemplate read(Path folder) {
        Path file = folder.resolve("tokenizer_config.json");
        Path separate = folder.resolve("chat_template.jinja");
        try {
            JsonNode config = Files.exists(file)
                    ? new ObjectMapper().readTree(file.toFile())
                    : new ObjectMapper().createObjectNode();
            String template =
                    Files.exists(separate) ? Files.readString(separate) : template(config.path("chat_template"));
            return new ChatTemplate(template, token(config.path("bos_token")), token(config.path("eos_token")));
        } catch (IOException e) {
            throw new EngineException(
                    EngineException.Category.BAD_MODEL, file + " is not valid JSON: " + e.getMessage(), e);
        }
    }

    /**
     * Renders a chat as the text that the model sees.
     *
     * @param addGenerationPrompt whether the text ends where the assistant's answer begins
     * @throws EngineException of category BAD_REQUEST when there is no template or it refuses these messages
     */
    public String render(List<Message> messages, boolean addGenerationPrompt) {
        if (template == null) {
            throw refusal("this model has no chat template. Use /v1/completions.");
        }
        List<Map<String, String>> turns = messages.stream()
                .map(m -> Map.of("role", m.role(), "content", m.content()))
                .toList();
        RenderResult result = jinjava.renderForResult(
                template,
                Map.of(
                        "messages",
                        turns,
                        "bos_token",
                        beginning,
                        "eos_token",
                        end,
                        "add_generation_prompt",
                        addGenerationPrompt));
        for (TemplateError error : result.getErrors()) {
            if (error.getSeverity() == TemplateError.ErrorType.FATAL) {
                throw refusal("the model's chat template refuses these messages: " + error.getMessage());
            }
        }
        return result.getOutput();
    }

    /** What templates call to refuse a chat. */
    public static String raiseException(String message) {
        throw new IllegalArgumentException(message);
    }

    private static Jinjava jinjava() {
        Jinjava jinjava = new Jinjava(JinjavaConfig.newBuilder()
                .withMaxOutputSize(LONGEST_TEXT)
                .withMaxRenderDepth(20)
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withKeepTrailingNewline(true)
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withUsePyishObjectMapper(true)
                        .build())
                .build());
        jinjava.getGlobalContext()
                .registerFunction(new ELFunctionDefinition(
                        "", "raise_exception", ChatTemplate.class, "raiseException", String.class));
        return jinjava;
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
        return node.isObject() ? node.path("content").asText("") : node.asText("");
    }

    private static EngineException refusal(String message) {
        return new EngineException(EngineException.Category.BAD_REQUEST, message);
    }
}
