package dev.weighbridge.analysis;

import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.OpinionFiles;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.UserFeedback;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What judges and users say of a run's answers, where somebody asked.
 *
 * @param judged by task
 * @param feedback of users
 * @param damaged what cannot be read; it costs its section and no more
 */
public record Opinions(List<JudgedTask> judged, Optional<UserFeedback> feedback, List<String> damaged) {
    public Opinions {
        judged = List.copyOf(judged);
        damaged = List.copyOf(damaged);
    }

    /** Those of a run. */
    public static Opinions of(RunDirectory run) {
        OpinionFiles files = new OpinionFiles(run.path());
        List<JudgedTask> judged = new ArrayList<>();
        List<String> damaged = new ArrayList<>();
        for (String task : files.judgedTasks()) {
            try {
                files.figures(task).ifPresent(judged::add);
            } catch (InvalidResultException e) {
                damaged.add(String.valueOf(e.getMessage()));
            }
        }
        Optional<UserFeedback> feedback = Optional.empty();
        try {
            feedback = files.feedback();
        } catch (InvalidResultException e) {
            damaged.add(String.valueOf(e.getMessage()));
        }
        return new Opinions(judged, feedback, damaged);
    }

    /** Whether a judge was asked about any task. */
    public boolean anyJudged() {
        return !judged.isEmpty();
    }
}
