package dev.weighbridge.inference;

import dev.weighbridge.api.Completion.FinishReason;
import dev.weighbridge.api.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A listener that collects one answer. */
public final class Answer implements TextListener {
    private static final int PATIENCE_S = 60;

    private final StringBuilder text = new StringBuilder();
    private final List<String> pieces = new ArrayList<>();
    private final List<TokenScore> scores = new ArrayList<>();
    private final CompletableFuture<Finished> end = new CompletableFuture<>();

    /** A whole answer. */
    public record Finished(
            String text, int promptTokens, int outputTokens, FinishReason reason, List<TokenScore> scores) {}

    @Override
    public synchronized void onText(String piece, List<TokenScore> tokens) {
        text.append(piece);
        pieces.add(piece);
        scores.addAll(tokens);
    }

    @Override
    public synchronized void onFinish(int promptTokens, int outputTokens, FinishReason reason) {
        Finished finished = new Finished(text.toString(), promptTokens, outputTokens, reason, List.copyOf(scores));
        if (!end.complete(finished)) {
            throw new IllegalStateException("an answer ended twice");
        }
    }

    @Override
    public void onFailure(EngineException failure) {
        if (!end.completeExceptionally(failure)) {
            throw new IllegalStateException("an answer ended twice", failure);
        }
    }

    public synchronized List<String> pieces() {
        return List.copyOf(pieces);
    }

    public boolean ended() {
        return end.isDone();
    }

    /** Waits for the whole answer. */
    public Finished await() {
        try {
            return end.get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (EngineException) e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer came", e);
        }
    }
}
