package dev.weighbridge.inference.server;

import dev.weighbridge.api.Completion;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.Cancellation;
import dev.weighbridge.inference.TextListener;
import dev.weighbridge.inference.TokenScore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to one call while it comes. The scheduler's callbacks only hand over to a single thread for responses, which
 * formats and writes; the abstract methods run there, one at a time.
 */
abstract class Reply {
    private static final Logger LOG = LoggerFactory.getLogger(Reply.class);

    private final Exchange exchange;
    private final Executor responses;
    private final List<Cancellation> cancellations = new ArrayList<>();
    private boolean cancelled;
    private int open;
    private int promptTokens;
    private int outputTokens;
    private boolean failed;

    Reply(Exchange exchange, Executor responses, int choices) {
        this.exchange = exchange;
        this.responses = responses;
        this.open = choices;
    }

    /** More text of a choice; the tokens are those asked for by the call, with their likelihoods. */
    abstract void onText(int index, String text, List<TokenScore> tokens);

    /** A choice ended. */
    abstract void onFinish(int index, Completion.FinishReason reason);

    /** Every choice ended. */
    abstract void onComplete(int allPromptTokens, int allOutputTokens);

    /** A choice failed, so the answer does. */
    abstract void onFailure(Throwable failure);

    /** Where the engine reports one choice. */
    final TextListener listener(int index) {
        return new TextListener() {
            @Override
            public void onText(String text, List<TokenScore> tokens) {
                later(() -> Reply.this.onText(index, text, tokens));
            }

            @Override
            public void onFinish(int prompt, int output, Completion.FinishReason reason) {
                finish(index, prompt, output, reason);
            }

            @Override
            public boolean gone() {
                boolean gone = exchange.clientGone();
                if (gone) {
                    // What is written to nobody fails, which ends the exchange and frees its place.
                    fail(ApiException.malformed("the client has closed the connection"));
                }
                return gone;
            }

            @Override
            public void onFailure(EngineException failure) {
                fail(failure);
            }
        };
    }

    /** Reports the end of a choice. */
    final void finish(int index, int prompt, int output, Completion.FinishReason reason) {
        later(() -> {
            promptTokens += prompt;
            outputTokens += output;
            onFinish(index, reason);
            if (--open == 0) {
                onComplete(promptTokens, outputTokens);
            }
        });
    }

    /** Ends the answer with a failure and gives up every choice. */
    final void fail(Throwable failure) {
        later(() -> {
            failed = true;
            cancel();
            onFailure(failure);
        });
    }

    /** Keeps what gives up a choice; gives it up at once when the answer was given up before. */
    final void cancelWith(Cancellation cancellation) {
        synchronized (cancellations) {
            if (!cancelled) {
                cancellations.add(cancellation);
                return;
            }
        }
        cancellation.cancel();
    }

    /** Gives up every choice, so that the engine spends nothing more on them. */
    final void cancel() {
        List<Cancellation> all;
        synchronized (cancellations) {
            cancelled = true;
            all = List.copyOf(cancellations);
            cancellations.clear();
        }
        all.forEach(Cancellation::cancel);
    }

    final boolean cancelled() {
        synchronized (cancellations) {
            return cancelled;
        }
    }

    private void later(Runnable step) {
        try {
            responses.execute(() -> {
                if (failed) {
                    return;
                }
                try {
                    step.run();
                } catch (Throwable e) {
                    // Errors too: a request that is not answered would keep its place for ever.
                    failed = true;
                    cancel();
                    onFailure(e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("an answer was dropped because the server is closing");
        }
    }
}
