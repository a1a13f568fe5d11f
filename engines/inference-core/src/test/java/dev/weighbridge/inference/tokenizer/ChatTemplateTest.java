package dev.weighbridge.inference.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.reference.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates in the forms that published models use; the texts are what Jinja's rules give. */
class ChatTemplateTest {
    private static final List<ChatMessage> CHAT = List.of(
            new ChatMessage("system", "Be kind."),
            new ChatMessage("user", " Hi\n"),
            new ChatMessage("assistant", "<think>x</think>Hello"),
            new ChatMessage("user", "Bye"));

    @TempDir
    private Path folder;

    private ChatTemplate template(String template) throws IOException {
        ObjectNode config = new ObjectMapper().createObjectNode().put("bos_token", "<s>");
        config.putObject("eos_token").put("content", "</s>").put("special", true);
        config.put("chat_template", template);
        TinyCheckpoint.writeJson(folder.resolve("tokenizer_config.json"), config);
        return ChatTemplate.read(folder);
    }

    private String render(String template) throws IOException {
        return template(template).render(CHAT, true);
    }

    @Test
    void rolesContentsAndGenerationPromptAreWritten() throws IOException {
        ChatTemplate template = template(
                "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}"
                        + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}");
        List<ChatMessage> chat = List.of(new ChatMessage("user", "Hi"));
        assertThat(template.render(chat, true)).isEqualTo("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
        assertThat(template.render(chat, false)).isEqualTo("<|im_start|>user\nHi<|im_end|>\n");
    }

    @Test
    void anAnswerThatHasBegunIsContinued() throws IOException {
        ChatTemplate template =
                template("{% for message in messages %}[{{ message['role'] }}]{{ message['content'] | trim }}[end]\n"
                        + "{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}");
        ChatMessage question = new ChatMessage("user", "Hi");
        assertThat(template.prompt(List.of(question))).isEqualTo("[user]Hi[end]\n[assistant]");
        assertThat(template.prompt(List.of(question, new ChatMessage("assistant", " So it is "))))
                .isEqualTo("[user]Hi[end]\n[assistant]So it is");
        ChatTemplate whole = template("{% for message in messages %}<{{ message['content'] }}>{% endfor %}");
        assertThat(whole.prompt(List.of(question, new ChatMessage("assistant", "So: "))))
                .isEqualTo("<Hi><So: ");
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> template("{{ messages[0]['content'] }}")
                        .prompt(List.of(question, new ChatMessage("assistant", "So"))))
                .withMessageContaining("leaves out the beginning");
    }

    @Test
    void systemMessageIsSlicedOffAndTurnsAlternate() throws IOException {
        assertThat(
                        render(
                                "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}"
                                        + "{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}"
                                        + "{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
                                        + "{{ raise_exception('roles must alternate') }}{% endif %}"
                                        + "{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}"
                                        + "{% else %}{% set content = message['content'] %}{% endif %}"
                                        + "{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"
                                        + "{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"))
                .isEqualTo(
                        "<s>[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\n Hi [/INST] <think>x</think>Hello </s><s>[INST] Bye [/INST]");
    }

    @Test
    void blocksOnTheirOwnLinesLeaveNoTrace() throws IOException {
        assertThat(
                        render(
                                "{% for message in messages %}\n  {% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] + eos_token }}\n  {% endif %}\n{% endfor %}\n"))
                .isEqualTo("<|user|>\n Hi\n</s>\n<|user|>\nBye</s>\n");
    }

    @Test
    void filtersNamespacesAndStringMethodsWork() throws IOException {
        assertThat(
                        render(
                                "{%- set ns = namespace(found=false) -%}{%- for m in messages -%}{%- if m.content.startswith('<think>') -%}{%- set ns.found = true -%}{%- endif -%}"
                                        + "{{ m.content.split('</think>')[-1].lstrip('H') | trim | upper }};{%- endfor -%}"
                                        + "{{ ns.found }} {{ messages|length }} {{ tools is defined }} {{ 'a' in 'abc' }} {{ 'x-y'.replace('-', '+').endswith('+y') }}"))
                .isEqualTo("BE KIND.;HI;ELLO;BYE;True 4 False True True");
    }

    @Test
    void contentsAreNeverTakenForTemplates() throws IOException {
        String content = "{{ 7 * 7 }} {% raise %} {# gone? #} {{ bos_token }}";
        assertThat(template("[{{ messages[0]['content'] }}]").render(List.of(new ChatMessage("user", content)), true))
                .isEqualTo("[" + content + "]");
    }

    @Test
    void refusalOfTheTemplateIsTold() throws IOException {
        refused("before {{ raise_exception('Only user and assistant!') }} after", "Only user and assistant!");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "{{ messages[0].content | frobnicate }} # the filter 'frobnicate', which is not supported",
                "{{ frobnicate('x') }} # Could not resolve function 'frobnicate'",
                "{{ 'a'.frobnicate() }} # the string method frobnicate with 0 arguments is not supported",
                "{{ messages.getClass() }} # Cannot find method 'getClass'",
                "{{ ''.getClass().forName('java.lang.Runtime') }} # the string method getClass",
                "{% for m in messages %}{{ m.content }} # Missing end tag",
                "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}xxxxxxxxxxxxxxxxxxxxxxx{% endfor %}{% endfor %}{% endfor %} # over limit of 4194304 bytes"
            })
    void whatATemplateCannotHaveIsRefused(String template, String message) throws IOException {
        refused(template, message);
    }

    /** Each of these would take minutes, or more memory than there is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}{% endfor %}{% endfor %}",
                "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% set x = a %}{% endfor %}{% endfor %}{% endfor %}",
                "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{{ frobnicate(a) }}{% endfor %}{% endfor %}{% endfor %}",
                "{% for a in range(999) %}{% for b in range(999) %}{% if range(999)|sort|join(',')|length == 0 %}x{% endif %}{% endfor %}{% endfor %}",
                "{% set ns = namespace(x=['a']) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x|length }}",
                "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x|length }}",
                "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x|length }}",
                "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x.replace('a', ns.x) %}{% endfor %}{{ ns.x|length }}",
                "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x|replace('a', ns.x) %}{% endfor %}{{ ns.x|length }}",
                "{% set ns = namespace(x=['a']) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
                "{{ ('ab' * 2000000000)|length }}",
                "{{ '%2000000000d'|format(1)|length }}",
                "{{ 'a'|center(2000000000)|length }}",
                "{{ 'a\nb'|indent(2000000000)|length }}",
                "{{ ['a']|batch(2000000000, 'x')|length }}",
                "{{ range(2000000000)|length }}{{ raise_exception('bounded') }}",
                "{{ 2 ** 2000000000 ** 2000000000 }}{{ raise_exception('bounded') }}",
            })
    @Timeout(20)
    void aTemplateWithoutEndIsCutOff(String source) throws IOException {
        template(source);
        ChatTemplate template = ChatTemplate.read(folder, Duration.ofMillis(300));
        int threads = Thread.activeCount();
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> template.render(CHAT, true))
                .withMessageContaining("chat template")
                .satisfies(e -> assertThat(e.category()).isEqualTo(EngineException.Category.BAD_REQUEST));
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
    }

    @Test
    void aTemplateThatTakesTooLongIsToldSo() throws IOException {
        template(
                "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}{% endfor %}{% endfor %}");
        ChatTemplate template = ChatTemplate.read(folder, Duration.ofMillis(100));
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> template.render(CHAT, true))
                .withMessage(
                        "the model's chat template takes longer than 100 ms for these messages. Use /v1/completions.");
    }

    @Test
    void barsInTextAreNoFilters() throws IOException {
        assertThat(render("{{ '<|frobnicate|>' }}{{ \"|x\" }}|y")).isEqualTo("<|frobnicate|>|x|y");
    }

    @Test
    void folderWithoutATemplateRefusesChatsOnly() {
        ChatTemplate none = ChatTemplate.read(folder);
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> none.render(CHAT, true))
                .withMessageContaining("has no chat template. Use /v1/completions")
                .satisfies(e -> assertThat(e.category()).isEqualTo(EngineException.Category.BAD_REQUEST));
    }

    @Test
    void namedTemplatesAndTheSeparateFileAreFound() throws IOException {
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"bos_token\":null,\"chat_template\":[{\"name\":\"tool_use\",\"template\":\"t\"},{\"name\":\"default\",\"template\":\"d{{ bos_token }}\"}]}");
        assertThat(ChatTemplate.read(folder).render(CHAT, true)).isEqualTo("d");
        Files.writeString(folder.resolve("chat_template.jinja"), "separate\n");
        assertThat(ChatTemplate.read(folder).render(CHAT, true)).isEqualTo("separate");
    }

    @Test
    void damagedConfigurationIsABadModel() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{");
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> ChatTemplate.read(folder))
                .withMessageContaining("tokenizer_config.json is damaged")
                .satisfies(e -> assertThat(e.category()).isEqualTo(EngineException.Category.BAD_MODEL));
        Files.write(folder.resolve("tokenizer_config.json"), new byte[] {'{', '}'});
        Files.write(folder.resolve("chat_template.jinja"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> ChatTemplate.read(folder))
                .withMessageContaining("cannot be read as UTF-8");
        Files.writeString(folder.resolve("chat_template.jinja"), "x".repeat((1 << 20) + 1));
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> ChatTemplate.read(folder))
                .withMessageContaining("at most 1048576 are read");
    }

    private void refused(String template, String message) throws IOException {
        ChatTemplate read = template(template);
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> read.render(CHAT, true))
                .withMessageContaining("chat template")
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.category()).isEqualTo(EngineException.Category.BAD_REQUEST));
    }
}
