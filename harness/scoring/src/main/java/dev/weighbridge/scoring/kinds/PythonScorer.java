package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Reply;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.sandbox.Program;
import dev.weighbridge.scoring.sandbox.Sandbox;
import dev.weighbridge.scoring.sandbox.SandboxLimits;
import dev.weighbridge.scoring.sandbox.SandboxUnavailableException;
import dev.weighbridge.scoring.text.PassAtK;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the programs that answers are, and counts those that pass their tests: pass@k, estimated from all repeats of a sample. */
final class PythonScorer implements Scorer {
    private static final int LONGEST_SECONDS = 600;
    private static final int MOST_REPEATS = 1000;

    private final Sandbox sandbox;
    private final List<Integer> ks;
    private final String name;
    private final Assembly assembly;

    private PythonScorer(Sandbox sandbox, List<Integer> ks, String name, Assembly assembly) {
        this.sandbox = sandbox;
        this.ks = List.copyOf(ks);
        this.name = name;
        this.assembly = assembly;
    }

    /** Makes a program with its tests of a sample and an answer to it. */
    interface Assembly {
        /**
         * The program.
         *
         * @throws ScoringException when the row has not what it needs
         */
        Program program(Question question, String answer);
    }

    static Scorer open(ScorerOptions options, Assembly assembly) {
        List<Integer> ks = options.wholes("k", List.of(1));
        for (int k : ks) {
            if (k < 1 || k > MOST_REPEATS) {
                throw new ScoringException("option 'k' must be from 1 to " + MOST_REPEATS + ", got: " + k);
            }
        }
        String name = options.text("name", "pass@%d");
        if (ks.size() > 1 && !name.contains("%d")) {
            throw new ScoringException("option 'name' must have %d, for each k, got: " + name);
        }
        int seconds = options.whole("seconds", 10, 1, LONGEST_SECONDS);
        try {
            return new PythonScorer(
                    Sandbox.open(SandboxLimits.defaults().withTime(Duration.ofSeconds(seconds))), ks, name, assembly);
        } catch (SandboxUnavailableException e) {
            throw new ScoringException("programs cannot be run in confinement here: " + e.getMessage(), e);
        }
    }

    @Override
    public List<Score> scores() {
        return ks.stream().map(k -> Score.share(id(k))).toList();
    }

    private String id(int k) {
        return name.replace("%d", String.valueOf(k));
    }

    @Override
    public Map<String, double[]> score(Question question, List<Reply> replies) {
        int right = 0;
        for (Reply reply : replies) {
            boolean passed;
            try {
                passed = sandbox.run(assembly.program(question, reply.text())).passed();
            } catch (IllegalArgumentException e) {
                throw new ScoringException(String.valueOf(e.getMessage()), e);
            }
            right += passed ? 1 : 0;
        }
        Map<String, double[]> vectors = new LinkedHashMap<>();
        for (int k : ks) {
            if (k > replies.size()) {
                throw new ScoringException("pass@" + k + " needs " + k + " answers to each sample, there are "
                        + replies.size() + ". Raise 'repeats' of the task.");
            }
            vectors.put(id(k), Aggregation.one(PassAtK.any(replies.size(), right, k)));
        }
        return vectors;
    }
}
