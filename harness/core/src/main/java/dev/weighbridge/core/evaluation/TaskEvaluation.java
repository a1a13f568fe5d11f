package dev.weighbridge.core.evaluation;

import dev.weighbridge.analysis.statistics.StratifiedSubset;
import dev.weighbridge.api.ChatEngine;
import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.ChatTemplateEngine;
import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.TokenListener;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.ResponseRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Asks an engine the samples of a task; what comes back is kept as it is and judged later, by {@link TaskScoring}. */
public final class TaskEvaluation {
    /** Most characters of an answer that are kept; a longer one fails its sample. */
    public static final int LONGEST_ANSWER = 1 << 20;

    private static final int LONGEST_FAILURE = 300;

    private final TaskSet task;
    private final int samples;
    private final long seed;
    private final int concurrency;
    private final TimeoutsInARow timeouts = new TimeoutsInARow();

    /**
     * An evaluation of one task.
     *
     * @param samples most samples to ask; when the task has more, a seeded draw, never the first ones
     * @param seed of the draw, and of sampled answers
     * @param concurrency requests at once
     */
    public TaskEvaluation(TaskSet task, int samples, long seed, int concurrency) {
        this.task = task;
        this.samples = samples;
        this.seed = seed;
        this.concurrency = concurrency;
    }

    /**
     * Why an engine cannot be asked a task; empty when it can. One that scores no texts cannot say how likely it finds them, and
     * after a chat only one that shows what its template makes of the messages can.
     */
    public static Optional<String> problem(Engine engine, TaskSet task) {
        boolean written = task.rules().asking().output() == TaskSet.Output.GENERATE;
        if (!written && !(engine instanceof ScoringEngine)) {
            return Optional.of("does not say how likely it finds a text, which task " + task.id() + " asks");
        }
        boolean chats = engine instanceof ChatTemplateEngine || (written && engine instanceof ChatEngine);
        if (task.rules().prompting().chat() && !chats) {
            return Optional.of("does not show what its chat template makes of messages, which task " + task.id()
                    + " needs as it is asked");
        }
        return engine instanceof ChatTemplateEngine template ? refusal(template, task) : Optional.empty();
    }

    /**
     * Why the chat template does not take the messages of a task's first sample, in its own words; empty when it does. What else goes
     * wrong with the engine shows when it is asked.
     */
    private static Optional<String> refusal(ChatTemplateEngine engine, TaskSet task) {
        List<List<ChatMessage>> chats =
                task.samples().isEmpty() ? List.of() : task.samples().get(0).chats();
        for (List<ChatMessage> messages : chats) {
            Optional<String> refused = refused(engine, messages);
            if (refused.isPresent()) {
                List<ChatMessage> others = messages.stream()
                        .filter(message -> !message.role().equals(ChatMessage.SYSTEM))
                        .toList();
                boolean ofSystem = others.size() < messages.size()
                        && !others.isEmpty()
                        && refused(engine, others).isEmpty();
                return Optional.of("cannot be asked task " + task.id() + " as a chat: " + refused.get()
                        + (ofSystem
                                ? ". Without a system message it takes them: put that before the user's with"
                                        + " --system-in-user (in a study: system-in-user: true)"
                                : ""));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> refused(ChatTemplateEngine engine, List<ChatMessage> messages) {
        try {
            engine.chatPrompt(messages);
            return Optional.empty();
        } catch (EngineException e) {
            return e.category() == EngineException.Category.BAD_REQUEST
                    ? Optional.of(String.valueOf(e.getMessage()))
                    : Optional.empty();
        }
    }

    /**
     * Asks what was not answered yet and hands over each response, in the order of the task. Also those of an evaluation that
     * ends early are handed over.
     *
     * @param answered responses that are there already, as of an interrupted evaluation
     * @param keep gets the new ones; one for each sample, also for one that failed
     * @throws EngineException of category CRASHED when the engine is gone, TIMED_OUT when it hangs, which is after
     *     {@link TimeoutsInARow#MOST}
     */
    public void run(Engine engine, Answered answered, Consumer<ResponseRecord> keep) throws InterruptedException {
        run(engine, open(answered), keep);
    }

    /**
     * Asks some questions of a task, as those of one machine among many: the replies to each depend on its position and on
     * nothing else of the task.
     *
     * @param rules of the task
     * @param seed of sampled answers
     * @param concurrency requests at once
     * @param keep gets the responses in the order of the questions, also those of an evaluation that ends early
     * @throws EngineException as {@link #run(Engine, Answered, Consumer)}
     */
    public static void ask(
            TaskSet.Rules rules,
            long seed,
            int concurrency,
            Engine engine,
            List<Question> questions,
            Consumer<ResponseRecord> keep)
            throws InterruptedException {
        new TaskEvaluation(new TaskSet(rules, List.of()), 0, seed, concurrency).run(engine, questions, keep);
    }

    private void run(Engine engine, List<Question> questions, Consumer<ResponseRecord> keep)
            throws InterruptedException {
        int together = together(engine, questions.size());
        try (InOrder<List<ResponseRecord>> work = new InOrder<>(concurrency, responses -> responses.forEach(keep))) {
            for (int from = 0; from < questions.size(); from += together) {
                List<Question> some = questions.subList(from, Math.min(questions.size(), from + together));
                work.add(() -> timeouts.hung() ? List.of() : ask(engine, some));
            }
            work.finish();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
        if (timeouts.hung()) {
            throw hang();
        }
    }

    /** The samples that are drawn and were not answered yet, in the order of the task. */
    public List<Question> open(Answered answered) {
        return drawn().stream()
                .map(index -> new Question(index, task.samples().get(index)))
                .filter(question -> !answered.has(question.position(), SampleHash.of(question.sample())))
                .toList();
    }

    /** The task that is asked. */
    public TaskSet task() {
        return task;
    }

    /** Seed of the draw, and of sampled answers. */
    public long seed() {
        return seed;
    }

    /** Requests at once. */
    public int concurrency() {
        return concurrency;
    }

    /**
     * A sample to be asked.
     *
     * @param position of it in its task, from 0
     */
    public record Question(int position, TaskSet.Sample sample) {
        /**
         * The response that this sample has with some replies.
         *
         * @param failure why there is none, or {@code null}
         */
        public ResponseRecord with(List<ResponseRecord.Reply> replies, @Nullable String failure) {
            return with(sample, replies, failure);
        }

        /** The same where the prompts were others by the time that the model saw them. */
        ResponseRecord with(TaskSet.Sample seen, List<ResponseRecord.Reply> replies, @Nullable String failure) {
            return new ResponseRecord(
                    position,
                    sample.id(),
                    seen.prompt(),
                    sample.targets(),
                    sample.choices(),
                    sample.cluster(),
                    sample.row(),
                    SampleHash.of(sample),
                    replies,
                    failure,
                    seen.cloze()
                            .map(cloze -> new ResponseRecord.Cloze(cloze.prompts(), cloze.ending()))
                            .orElse(null));
        }
    }

    /** Which samples were answered before: by position and hash, so that one that changed since is asked again. */
    public static final class Answered {
        private final Set<String> keys = new HashSet<>();

        /** Notes a response. */
        public void add(ResponseRecord response) {
            keys.add(response.docId() + "/" + response.docHash());
        }

        private boolean has(int docId, String hash) {
            return keys.contains(docId + "/" + hash);
        }
    }

    private RuntimeException failure(@Nullable Throwable cause) {
        return cause instanceof EngineException failure
                ? failure
                : new IllegalStateException("a sample of " + task.id() + " could not be asked", cause);
    }

    private EngineException hang() {
        return new EngineException(
                EngineException.Category.TIMED_OUT,
                "the engine hangs: " + TimeoutsInARow.MOST + " requests of " + task.id()
                        + " in a row got no answer in time, so that no further sample is asked");
    }

    /** A seeded draw that holds each kind of sample in its proportion, and every smaller draw; in the order of the task. */
    private List<Integer> drawn() {
        List<TaskSet.Sample> all = task.samples();
        Map<String, String> strata = new LinkedHashMap<>();
        all.forEach(sample -> strata.put(sample.id(), sample.stratum()));
        Set<String> chosen = samples < all.size()
                ? new HashSet<>(StratifiedSubset.of(strata, samples, seed).ids())
                : strata.keySet();
        return IntStream.range(0, all.size())
                .filter(i -> chosen.contains(all.get(i).id()))
                .boxed()
                .toList();
    }

    private boolean written() {
        return task.rules().asking().output() == TaskSet.Output.GENERATE;
    }

    /** Questions of one call: no more than keeps as many requests under way as are wanted. */
    private int together(Engine engine, int questions) {
        int most = !written() && engine instanceof ScoringEngine scoring ? scoring.questionsAtOnce() : 1;
        return Math.max(1, Math.min(most, questions / concurrency));
    }

    private List<ResponseRecord> ask(Engine engine, List<Question> questions) {
        if (!written()) {
            return scored(engine, questions);
        }
        return questions.stream().map(question -> written(engine, question)).toList();
    }

    private ResponseRecord written(Engine engine, Question question) {
        TaskSet.Sample sample = question.sample();
        try {
            sample = seen(engine, sample);
            List<ResponseRecord.Reply> replies = written(engine, question.position(), sample);
            timeouts.note(false);
            return whole(question, sample, replies);
        } catch (EngineException e) {
            return failed(question, sample, e);
        }
    }

    private List<ResponseRecord> scored(Engine engine, List<Question> questions) {
        if (!(engine instanceof ScoringEngine scoring)) {
            throw new IllegalStateException("engine " + engine.info().engineId() + " scores no texts");
        }
        List<Question> asked = new ArrayList<>();
        List<TaskSet.Sample> samples = new ArrayList<>();
        Map<Question, ResponseRecord> responses = new HashMap<>();
        for (Question question : questions) {
            try {
                samples.add(seen(engine, question.sample()));
                asked.add(question);
            } catch (EngineException e) {
                responses.put(question, failed(question, question.sample(), e));
            }
        }
        try {
            List<Likelihoods.Outcome> outcomes =
                    new Likelihoods(scoring, task.rules().asking()).of(samples);
            for (int i = 0; i < outcomes.size(); i++) {
                EngineException failure = outcomes.get(i).failure();
                if (failure == null) {
                    timeouts.note(false);
                }
                responses.put(
                        asked.get(i),
                        failure == null
                                ? whole(
                                        asked.get(i),
                                        samples.get(i),
                                        outcomes.get(i).replies())
                                : failed(asked.get(i), samples.get(i), failure));
            }
        } catch (EngineException e) {
            heard(e);
            for (int i = 0; i < asked.size(); i++) {
                responses.put(asked.get(i), without(asked.get(i), samples.get(i), e));
            }
        }
        return questions.stream()
                .map(question -> Objects.requireNonNull(responses.get(question)))
                .toList();
    }

    /** The response with its replies, unless one of them is too long to be kept. */
    private static ResponseRecord whole(Question question, TaskSet.Sample seen, List<ResponseRecord.Reply> replies) {
        Optional<ResponseRecord.Reply> tooLong = replies.stream()
                .filter(reply -> reply.text().length() > LONGEST_ANSWER)
                .findFirst();
        return tooLong.isEmpty()
                ? question.with(seen, replies, null)
                : question.with(
                        seen,
                        replies.stream().map(TaskEvaluation::cut).toList(),
                        "the answer has " + tooLong.get().text().length() + " characters; at most " + LONGEST_ANSWER
                                + " are kept and judged");
    }

    private ResponseRecord failed(Question question, TaskSet.Sample seen, EngineException failure) {
        heard(failure);
        return without(question, seen, failure);
    }

    /** Counts a failure of one call; that the engine is gone ends the evaluation. */
    private void heard(EngineException failure) {
        timeouts.note(failure.category() == EngineException.Category.TIMED_OUT);
        if (failure.category() == EngineException.Category.CRASHED) {
            throw failure;
        }
    }

    /** The response without replies. */
    private static ResponseRecord without(Question question, TaskSet.Sample seen, EngineException failure) {
        String message = String.valueOf(failure.getMessage());
        return question.with(
                seen, List.of(), message.length() > LONGEST_FAILURE ? message.substring(0, LONGEST_FAILURE) : message);
    }

    /** A sample as the model sees it, where its engine shows that. */
    private static TaskSet.Sample seen(Engine engine, TaskSet.Sample sample) {
        return sample.chats().isEmpty() || !(engine instanceof ChatTemplateEngine template)
                ? sample
                : sample.seenAs(
                        sample.chats().stream().map(template::chatPrompt).toList());
    }

    private List<ResponseRecord.Reply> written(Engine engine, int index, TaskSet.Sample sample) {
        TaskSet.Asking asking = task.rules().asking();
        List<ResponseRecord.Reply> replies = new ArrayList<>();
        for (int repeat = 0; repeat < asking.repeats(); repeat++) {
            GenerationRequest.Sampling sampling = asking.temperature() == 0
                    ? GenerationRequest.Sampling.GREEDY
                    : new GenerationRequest.Sampling(
                            asking.temperature(),
                            asking.details().topK(),
                            asking.details().topP(),
                            seedOf(index, repeat));
            long begin = System.nanoTime();
            GenerationRequest request =
                    new GenerationRequest(sample.prompt(), asking.maxTokens(), sampling, asking.stop());
            Completion completion = !sample.chats().isEmpty() && engine instanceof ChatEngine chat
                    ? chat.chat(sample.chats().get(0), request, TokenListener.NONE)
                    : engine.generate(request, TokenListener.NONE);
            replies.add(new ResponseRecord.Reply(
                    completion.text(),
                    null,
                    null,
                    known(completion.promptTokens()),
                    completion.outputTokens(),
                    completion.finishReason().name().toLowerCase(Locale.ROOT),
                    System.nanoTime() - begin));
        }
        return replies;
    }

    /** A number of tokens that a server did not tell is absent. */
    private static @Nullable Integer known(int tokens) {
        return tokens < 0 ? null : tokens;
    }

    /** The same for each run of a study, and another for each sample and repeat. */
    private long seedOf(int index, int repeat) {
        return (seed * 1_000_003 + index) * 1_009 + repeat & Long.MAX_VALUE;
    }

    private static ResponseRecord.Reply cut(ResponseRecord.Reply reply) {
        return reply.withText(
                reply.text().substring(0, Math.min(LONGEST_ANSWER, reply.text().length())));
    }
}
