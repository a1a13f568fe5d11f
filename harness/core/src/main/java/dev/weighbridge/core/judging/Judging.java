package dev.weighbridge.core.judging;

import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.TokenListener;
import dev.weighbridge.core.evaluation.InOrder;
import dev.weighbridge.core.evaluation.TimeoutsInARow;
import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgementRecord;
import dev.weighbridge.results.JudgementRecord.Question;
import dev.weighbridge.results.OpinionFiles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a judge what it was not asked before. Every reply is on the disk before the next question of its thread is asked; one prompt is
 * asked once, however many variants gave the same answer.
 */
public final class Judging {
    private final OpinionFiles files;
    private final String task;
    private final Judge judge;
    private final Set<Question> kept = new HashSet<>();
    private final Map<String, String> replies = new HashMap<>();
    private final TimeoutsInARow timeouts = new TimeoutsInARow();

    /**
     * Goes on with what was kept of this judge.
     *
     * @param again whether questions that got no reply are asked again
     */
    public Judging(OpinionFiles files, String task, Judge judge, boolean again) {
        this.files = files;
        this.task = task;
        this.judge = judge;
        files.mend(task);
        files.forEachJudgement(task, row -> {
            if (row.judge().equals(judge)) {
                keep(row, again);
            }
        });
    }

    private void keep(JudgementRecord row, boolean again) {
        String hash = row.about().promptHash();
        if (again && hash != null && row.reply() == null) {
            kept.remove(row.about());
            return;
        }
        kept.add(row.about());
        if (hash != null && row.reply() != null) {
            replies.put(hash, row.reply());
        }
    }

    /** The questions without a kept reply. */
    public List<JudgeQuestion> open(List<JudgeQuestion> questions) {
        return questions.stream()
                .filter(question -> !kept.contains(question.about()))
                .toList();
    }

    /**
     * Asks, and keeps what comes back.
     *
     * @param open questions
     * @param concurrency requests at once
     * @param heard is told of each that is kept, from several threads, one at a time
     * @throws EngineException of category CRASHED when the engine is gone, TIMED_OUT when it hangs; what it said stays
     */
    public void ask(Engine engine, List<JudgeQuestion> open, int concurrency, Consumer<JudgementRecord> heard)
            throws InterruptedException {
        Map<String, List<JudgeQuestion>> byPrompt = new LinkedHashMap<>();
        for (JudgeQuestion question : open) {
            String hash = question.about().promptHash();
            String reply = hash == null ? null : replies.get(hash);
            if (hash == null) {
                keep(question.settled(judge), heard);
            } else if (reply != null) {
                keep(question.replied(judge, reply, 0), heard);
            } else {
                byPrompt.computeIfAbsent(hash, absent -> new ArrayList<>()).add(question);
            }
        }
        try (InOrder<Boolean> work = new InOrder<>(concurrency, done -> {})) {
            for (List<JudgeQuestion> same : byPrompt.values()) {
                work.add(() -> timeouts.hung() || ask(engine, same, heard));
            }
            work.finish();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure
                    ? failure
                    : new IllegalStateException("a question about " + task + " could not be asked", e.getCause());
        }
        if (timeouts.hung()) {
            throw new EngineException(
                    EngineException.Category.TIMED_OUT,
                    "the judge hangs: " + TimeoutsInARow.MOST
                            + " questions in a row got no reply in time, so that no further one is asked");
        }
    }

    private boolean ask(Engine engine, List<JudgeQuestion> same, Consumer<JudgementRecord> heard) {
        String prompt = same.get(0).prompt();
        if (prompt == null) {
            throw new IllegalStateException("a question without a prompt is not asked");
        }
        long begin = System.nanoTime();
        String reply = null;
        String failure = "";
        try {
            Completion completion = engine.generate(
                    new GenerationRequest(prompt, judge.maxTokens(), GenerationRequest.Sampling.GREEDY, List.of()),
                    TokenListener.NONE);
            reply = completion.text();
            timeouts.note(false);
        } catch (EngineException e) {
            if (e.category() == EngineException.Category.CRASHED) {
                throw e;
            }
            timeouts.note(e.category() == EngineException.Category.TIMED_OUT);
            failure = String.valueOf(e.getMessage());
        }
        long duration = System.nanoTime() - begin;
        for (JudgeQuestion question : same) {
            keep(row(question, reply, failure, duration), heard);
            duration = 0;
        }
        return true;
    }

    private JudgementRecord row(JudgeQuestion question, @Nullable String reply, String failure, long duration) {
        return reply == null ? question.failed(judge, failure, duration) : question.replied(judge, reply, duration);
    }

    private synchronized void keep(JudgementRecord row, Consumer<JudgementRecord> heard) {
        files.add(task, row);
        heard.accept(row);
    }
}
