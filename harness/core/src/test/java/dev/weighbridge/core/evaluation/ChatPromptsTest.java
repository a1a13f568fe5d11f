package dev.weighbridge.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.ChatEngine;
import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.ChatTemplateEngine;
import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.TokenListener;
import dev.weighbridge.datasets.Prompting;
import dev.weighbridge.datasets.TaskOptions;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.definition.TaskFiles;
import dev.weighbridge.results.ResponseRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an engine is asked where prompts are messages. */
class ChatPromptsTest {
    private static final Prompting TURNS = new Prompting(true, true, "Be brief.");

    @TempDir
    private Path folder;

    private final List<ResponseRecord> kept = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();

    @BeforeEach
    void rows() throws IOException {
        Files.writeString(folder.resolve("rows.jsonl"), "{\"q\": \"2+2\", \"a\": \"4\"}\n");
        Files.writeString(folder.resolve("dev.jsonl"), "{\"q\": \"1+1\", \"a\": \"2\"}\n");
    }

    private TaskSet task(String more, Prompting prompting) throws IOException {
        Files.writeString(folder.resolve("task.yaml"), """
                task: sums
                data: rows.jsonl
                description: "Add.\\n\\n"
                prompt: "{{q}} ="
                target: "{{a}}"
                few-shot: {data: dev.jsonl, count: 1}
                """ + more);
        return TaskFiles.loadAll("task.yaml", folder, TaskOptions.of(prompting)).get(0);
    }

    private void ask(Engine engine, TaskSet task) throws InterruptedException {
        new TaskEvaluation(task, 10, 1, 1).run(engine, new TaskEvaluation.Answered(), kept::add);
    }

    /** It writes what it is asked. */
    private class Plain implements Engine {
        @Override
        public EngineInfo info() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Completion generate(GenerationRequest request, TokenListener listener) {
            asked.add(request.prompt());
            return new Completion("4", 1, 1, Completion.FinishReason.STOP);
        }

        @Override
        public void close() {}
    }

    private final class Templated extends Plain implements ChatTemplateEngine, ScoringEngine {
        @Override
        public String chatPrompt(List<ChatMessage> messages) {
            return messages.stream()
                            .map(message -> "<" + message.role() + ">" + message.content())
                            .collect(Collectors.joining())
                    + "<assistant>";
        }

        @Override
        public List<Score> score(String context, List<String> continuations) {
            asked.add(context + "|" + continuations);
            return continuations.stream()
                    .map(continuation -> new Score(-continuation.length(), 1, true))
                    .toList();
        }
    }

    private final class Chatting extends Plain implements ChatEngine {
        @Override
        public Completion chat(List<ChatMessage> messages, GenerationRequest request, TokenListener listener) {
            asked.add(messages.toString());
            return generate(request, listener);
        }
    }

    @Test
    void aTemplateMakesThePromptThatIsAskedAndKept() throws Exception {
        ask(new Templated(), task("score: exact-match\n", TURNS));
        String prompt = "<system>Be brief.\n\nAdd.<user>1+1 =<assistant>2<user>2+2 =<assistant>";
        assertThat(asked).containsExactly(prompt);
        assertThat(kept).singleElement().satisfies(response -> {
            assertThat(response.prompt()).isEqualTo(prompt);
            assertThat(response.failure()).isNull();
        });
    }

    /** One of a chat template that has no system message, as Gemma's, and none of several assistant's. */
    private final class WithoutSystem extends Plain implements ChatTemplateEngine {
        @Override
        public String chatPrompt(List<ChatMessage> messages) {
            if (messages.get(0).role().equals(ChatMessage.SYSTEM)) {
                throw new EngineException(
                        EngineException.Category.BAD_REQUEST,
                        "the model's chat template refuses these messages: System role not supported");
            }
            return new Templated().chatPrompt(messages);
        }
    }

    @Test
    void aTemplateWithoutASystemMessageIsToldBeforeAnythingIsAsked() throws Exception {
        assertThat(TaskEvaluation.problem(new WithoutSystem(), task("score: exact-match\n", TURNS)))
                .hasValueSatisfying(problem ->
                        assertThat(problem).contains("task sums", "System role not supported", "--system-in-user"));
        assertThat(TaskEvaluation.problem(new Templated(), task("score: exact-match\n", TURNS)))
                .isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void aSystemMessageStandsInTheUsersWhereThatIsWished() throws Exception {
        TaskSet turns = task("score: exact-match\n", new Prompting(true, true, "Be brief.", true));
        assertThat(TaskEvaluation.problem(new WithoutSystem(), turns)).isEmpty();
        ask(new WithoutSystem(), turns);
        ask(new WithoutSystem(), task("score: exact-match\n", new Prompting(true, false, "", true)));
        assertThat(asked)
                .containsExactly(
                        "<user>Be brief.\n\nAdd.\n\n1+1 =<assistant>2<user>2+2 =<assistant>",
                        "<user>Add.\n\n1+1 = 2\n\n2+2 =<assistant>");
        assertThat(turns.rules().sha256())
                .as("it is another task than with a message of its own")
                .isNotEqualTo(task("score: exact-match\n", TURNS).rules().sha256());
    }

    @Test
    void solvedQuestionsStandInTheMessageUnlessTheyAreTurns() throws Exception {
        ask(new Templated(), task("score: exact-match\n", new Prompting(true, false, "")));
        assertThat(asked).containsExactly("<system>Add.<user>1+1 = 2\n\n2+2 =<assistant>");
    }

    @Test
    void anInstructionStandsBeforePlainText() throws Exception {
        ask(new Templated(), task("score: exact-match\n", new Prompting(false, false, "Be brief.")));
        assertThat(asked).containsExactly("Be brief.\n\nAdd.\n\n1+1 = 2\n\n2+2 =");
    }

    @Test
    void aChoiceFollowsATemplateWithoutADelimiter() throws Exception {
        ask(new Templated(), task("choices: [\"{{a}}\", five]\nscore: choice\n", TURNS));
        assertThat(asked).singleElement().asString().endsWith("<user>2+2 =<assistant>|[4, five]");
    }

    @Test
    void likelihoodsOfSeveralSamplesAreAskedInOneCallAndOneThatFailsFailsAlone() throws Exception {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            rows.append("{\"q\": \"")
                    .append(i)
                    .append("+0\", \"a\": \"")
                    .append(i)
                    .append("\"}\n");
        }
        Files.writeString(folder.resolve("rows.jsonl"), rows);
        List<Integer> calls = new ArrayList<>();
        class Together extends Plain implements ScoringEngine {
            @Override
            public int questionsAtOnce() {
                return 4;
            }

            @Override
            public List<Score> score(String context, List<String> continuations) {
                if (context.endsWith("3+0 =")) {
                    throw new EngineException(EngineException.Category.BAD_REQUEST, "too long");
                }
                return continuations.stream()
                        .map(continuation -> new Score(-continuation.length(), 1, true))
                        .toList();
            }

            @Override
            public List<Scored> scoreAll(List<Question> questions) {
                calls.add(questions.size());
                return ScoringEngine.super.scoreAll(questions);
            }
        }
        ask(new Together(), task("choices: [\"{{a}}\", fifteen]\nscore: choice\n", Prompting.PLAIN));
        assertThat(calls).containsExactly(4, 4, 2);
        assertThat(kept).hasSize(10);
        assertThat(kept.get(3).failure()).isEqualTo("too long");
        assertThat(kept).filteredOn(response -> response.failure() != null).hasSize(1);
        assertThat(kept.get(9).replies()).extracting(ResponseRecord.Reply::text).containsExactly(" 9", " fifteen");
    }

    @Test
    void anEngineThatHidesItsTemplateGetsTheMessages() throws Exception {
        TaskSet task = task("score: exact-match\n", TURNS);
        ask(new Chatting(), task);
        assertThat(asked.get(0))
                .contains("role=system, content=Be brief.\n\nAdd.")
                .contains("content=2+2 =");
        assertThat(kept.get(0).prompt()).startsWith("[{\"role\":\"system\"");
        assertThat(TaskEvaluation.problem(new Chatting(), task)).isEmpty();
        assertThat(TaskEvaluation.problem(new Plain(), task))
                .hasValueSatisfying(why -> assertThat(why).contains("chat template"));
        assertThat(TaskEvaluation.problem(new Chatting(), task("choices: [\"{{a}}\", five]\nscore: choice\n", TURNS)))
                .hasValueSatisfying(why -> assertThat(why).contains("how likely"));
    }

    @Test
    void aTemplateThatRefusesTheMessagesCostsItsSample() throws Exception {
        class Refusing extends Plain implements ChatTemplateEngine {
            @Override
            public String chatPrompt(List<ChatMessage> messages) {
                throw new EngineException(EngineException.Category.BAD_REQUEST, "no system role");
            }
        }
        ask(new Refusing(), task("score: exact-match\n", TURNS));
        assertThat(asked).isEmpty();
        assertThat(kept)
                .singleElement()
                .satisfies(response -> assertThat(response.failure()).isEqualTo("no system role"));
    }
}
