package dev.weighbridge.inference.batching;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.reference.ReferenceBackend;
import dev.weighbridge.inference.sampling.TokenSampler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A sequence of a given length, which writes down how it goes. */
final class ScriptedRow implements BatchRow {
    private final int[] prompt;
    private final int answerTokens;
    private final List<Integer> tokens = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private int failAt = -1;
    private boolean deaf;
    private Supplier<? extends Throwable> trouble = () -> new IllegalStateException("the row was told to fail");
    private volatile boolean cancelled;
    private volatile @Nullable EngineException failure;

    ScriptedRow(int promptTokens, int answerTokens) {
        this.prompt = new int[promptTokens];
        this.answerTokens = answerTokens;
    }

    /** Makes it throw when it is offered its n-th logits, counted from 1. */
    ScriptedRow failingAt(int call) {
        failAt = call;
        return this;
    }

    /** Makes it throw this when it is offered its n-th logits, counted from 1. */
    ScriptedRow failingAt(int call, Supplier<? extends Throwable> failure) {
        trouble = failure;
        return failingAt(call);
    }

    /** Makes it throw an error when it is told of a failure. */
    ScriptedRow deaf() {
        deaf = true;
        return this;
    }

    void cancel() {
        cancelled = true;
    }

    @Override
    public int[] prompt() {
        return prompt;
    }

    @Override
    public int next(float[] logits) {
        tokens.add(TokenSampler.mostLikely(logits));
        if (tokens.size() == failAt) {
            throw ReferenceBackend.<RuntimeException>raise(trouble.get());
        }
        if (tokens.size() == answerTokens) {
            end.countDown();
            return END;
        }
        return tokens.get(tokens.size() - 1);
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }

    @Override
    public void fail(EngineException reason) {
        failure = reason;
        end.countDown();
        if (deaf) {
            throw new OutOfMemoryError("no memory to hear of it");
        }
    }

    ScriptedRow await() throws InterruptedException {
        if (!end.await(30, TimeUnit.SECONDS)) {
            throw new AssertionError("the row did not end");
        }
        return this;
    }

    boolean ended() {
        return end.getCount() == 0;
    }

    @Nullable
    EngineException failure() {
        return failure;
    }

    /** Tokens that it took; the last one is not computed any more. */
    List<Integer> tokens() {
        return tokens;
    }
}
