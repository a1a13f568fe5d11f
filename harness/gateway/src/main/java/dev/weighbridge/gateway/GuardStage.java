package dev.weighbridge.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.gateway.guard.GuardChain;
import dev.weighbridge.gateway.guard.GuardPolicy;
import dev.weighbridge.gateway.guard.Judgement;
import dev.weighbridge.gateway.guard.Side;
import dev.weighbridge.gateway.guard.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A chain of guards as a stage. Every text of a call that a model reads is judged by itself, and every text of an answer: whole,
 * or of a stream in windows, see {@link StreamWindow}.
 *
 * <p>What cannot be judged is refused with HTTP 400: where guards look at prompts, token ids, embeddings, templates of chats and
 * parts of messages that are no text; where they look at answers, token ids of answers, and in streams probabilities of tokens,
 * because these would show tokens of a text that is still held back. Probabilities in a whole answer stay if its text passes, and
 * are left out if it is masked or blocked. With {@code echo} the answer begins with the prompt as the model got it, which is
 * judged again as part of the answer. Not judged are schemas of {@code response_format}, grammars and names of models.
 */
public final class GuardStage implements Stage {
    private final GuardChain chain;
    private final GuardCounters counters = new GuardCounters();
    private final LongSupplier nanoTime;

    /** A stage of these guards. */
    public GuardStage(GuardChain chain) {
        this(chain, System::nanoTime);
    }

    /**
     * A stage whose time is taken from a clock.
     *
     * @param nanoTime in nanoseconds from any beginning
     */
    GuardStage(GuardChain chain, LongSupplier nanoTime) {
        this.chain = chain;
        this.nanoTime = nanoTime;
    }

    @Override
    public String id() {
        return chain.id();
    }

    @Override
    public String description() {
        return chain.description();
    }

    @Override
    public Map<String, Object> counters() {
        return counters.toMap();
    }

    @Override
    public boolean seesAnswers(Call call) {
        return chain.judges(Side.OUTPUT);
    }

    @Override
    public Before before(Call call, Passage passage) {
        passage.whenDone(() -> counters.spent(passage.guardNanos()));
        if (chain.judges(Side.OUTPUT)) {
            if (call.body().path("return_token_ids").asBoolean(false)) {
                return unjudged("token ids of an answer");
            }
            if (call.stream() && call.logProbabilities()) {
                return unjudged("logprobs in a stream");
            }
        }
        if (!chain.judges(Side.INPUT)) {
            return new Before.Go(call);
        }
        Optional<String> unreadable = call.unreadable();
        return unreadable.isPresent() ? unjudged(unreadable.get()) : judgePrompt(call, passage);
    }

    private Before judgePrompt(Call call, Passage passage) {
        List<String> texts = new ArrayList<>();
        for (String text : call.texts()) {
            Judgement judgement = judge(Side.INPUT, text, passage);
            if (judgement.verdict() instanceof Verdict.Blocked blocked) {
                return blocked(blocked, passage);
            }
            texts.add(textOf(judgement, text));
            masked(judgement, Side.INPUT, passage);
        }
        for (String reading : call.otherReadings()) {
            if (judge(Side.INPUT, reading, passage).verdict() instanceof Verdict.Blocked blocked) {
                return blocked(blocked, passage);
            }
        }
        return new Before.Go(call.withTexts(texts));
    }

    @Override
    public AnswerFilter after(Call call, Passage passage) {
        return call.stream() ? new StreamWindow(chain.policy(), judge(passage)) : new WholeText(passage);
    }

    /** Judges and reports for one answer. */
    private StreamWindow.Judge judge(Passage passage) {
        return new StreamWindow.Judge() {
            @Override
            public Judgement judge(String text) {
                return GuardStage.this.judge(Side.OUTPUT, text, passage);
            }

            @Override
            public void masked(Judgement judgement) {
                GuardStage.this.masked(judgement, Side.OUTPUT, passage);
            }

            @Override
            public void blocked(Verdict.Blocked blocked) {
                counters.blocked(blocked.guard(), Side.OUTPUT);
                passage.blocked(blocked.guard());
            }
        };
    }

    private Judgement judge(Side side, String text, Passage passage) {
        long start = nanoTime.getAsLong();
        Judgement judgement = chain.judge(side, text);
        passage.spend(nanoTime.getAsLong() - start);
        judgement.failed().forEach(guard -> counters.failed(guard, side));
        return judgement;
    }

    private void masked(Judgement judgement, Side side, Passage passage) {
        for (String guard : judgement.maskedBy()) {
            counters.masked(guard, side);
            passage.masked(guard);
        }
    }

    static String textOf(Judgement judgement, String text) {
        return judgement.verdict() instanceof Verdict.Masked masked ? masked.text() : text;
    }

    private Before blocked(Verdict.Blocked blocked, Passage passage) {
        counters.blocked(blocked.guard(), Side.INPUT);
        passage.blocked(blocked.guard());
        GuardPolicy policy = chain.policy();
        if (policy.blockedPrompt() == GuardPolicy.BlockedPrompt.ANSWER) {
            return new Before.Answer(policy.refusal(), AnswerFilter.CONTENT_FILTER);
        }
        ObjectNode body = GatewayException.error(400, AnswerFilter.CONTENT_FILTER, policy.refusal());
        ObjectNode inner = ((ObjectNode) body.path("error"))
                .put("param", "prompt")
                .put("status", 400)
                .putObject("innererror")
                .put("code", "ResponsibleAIPolicyViolation");
        inner.putObject("content_filter_result")
                .putObject(blocked.guard())
                .put("filtered", true)
                .put("reason", blocked.reason());
        return new Before.Refuse(400, body);
    }

    private static Before unjudged(String what) {
        return new Before.Refuse(
                400,
                GatewayException.error(
                        400,
                        "cannot_be_guarded",
                        what + " cannot be judged by the guards that stand before this model"));
    }

    /** Holds an answer back to its end and judges it as a whole. */
    private final class WholeText implements AnswerFilter {
        private final Passage passage;
        private final StringBuilder text = new StringBuilder();

        WholeText(Passage passage) {
            this.passage = passage;
        }

        @Override
        public Release accept(String more) {
            text.append(more);
            return Release.NOTHING;
        }

        @Override
        public Release end(String finishReason) {
            String whole = text.toString();
            StreamWindow.Judge judge = GuardStage.this.judge(passage);
            Judgement judgement = judge.judge(whole);
            if (judgement.verdict() instanceof Verdict.Blocked blocked) {
                judge.blocked(blocked);
                return new Release(chain.policy().refusal(), CONTENT_FILTER);
            }
            judge.masked(judgement);
            return new Release(textOf(judgement, whole), finishReason);
        }
    }
}
