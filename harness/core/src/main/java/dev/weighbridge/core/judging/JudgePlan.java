package dev.weighbridge.core.judging;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgementRecord.Order;
import dev.weighbridge.results.JudgementRecord.Question;
import dev.weighbridge.results.ResponseRecord;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.judge.JudgePrompts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The questions to a judge about kept answers. Of several answers to one prompt each is judged. */
public final class JudgePlan {
    private final JudgeAsking asking;
    private final int samples;
    private final long seed;
    private final List<JudgeQuestion> questions = new ArrayList<>();

    private JudgePlan(JudgeAsking asking, int samples, long seed) {
        this.asking = asking;
        this.samples = samples;
        this.seed = seed;
    }

    /**
     * Questions about each variant but the baseline, held against it on the samples that both were asked, or about each variant alone
     * where answers are graded.
     *
     * @param samples most of them; a seeded draw, of which a smaller one is a part
     * @throws ConfigException when there is nothing to ask
     */
    public static List<JudgeQuestion> of(
            JudgeAsking asking, Collection<KeptAnswers> variants, KeptAnswers baseline, int samples, long seed) {
        JudgePlan plan = new JudgePlan(asking, samples, seed);
        if (asking.kind() == Judge.Kind.GRADES) {
            variants.forEach(plan::grade);
        } else {
            plan.compare(variants, baseline);
        }
        return plan.questions;
    }

    private void compare(Collection<KeptAnswers> variants, KeptAnswers baseline) {
        Set<String> drawn = draw(baseline);
        Map<String, ResponseRecord> theirs = new HashMap<>();
        baseline.forEach(response -> {
            if (drawn.contains(key(response))) {
                theirs.put(key(response), response);
            }
        });
        boolean alone = true;
        for (KeptAnswers variant : variants) {
            if (!variant.equals(baseline)) {
                alone = false;
                variant.forEach(response -> {
                    ResponseRecord other = theirs.get(key(response));
                    if (other != null) {
                        compare(variant.name(), response, baseline.name(), other);
                    }
                });
            }
        }
        if (alone) {
            throw new ConfigException(
                    "run has only the answers of " + baseline.name()
                            + ". Name another run to hold them against with --baseline, or grade each answer alone with --grade");
        }
        if (questions.isEmpty()) {
            throw new ConfigException("no variant was asked a sample of task " + baseline.task() + " that "
                    + baseline.name() + " was asked");
        }
    }

    /** Each answer against the other's in the same place; where one side gave more, those that both gave. */
    private void compare(String variant, ResponseRecord response, String baseline, ResponseRecord other) {
        List<String> ours = answers(response);
        List<String> theirs = answers(other);
        if (ours.isEmpty() || theirs.isEmpty()) {
            questions.add(JudgeQuestion.unasked(
                    sample(variant, baseline, response, 0), "no answer of " + (ours.isEmpty() ? variant : baseline)));
        }
        for (int repeat = 0; repeat < Math.min(ours.size(), theirs.size()); repeat++) {
            compare(sample(variant, baseline, response, repeat), response, ours.get(repeat), theirs.get(repeat));
        }
    }

    private void compare(Question sample, ResponseRecord response, String ours, String theirs) {
        if (ours.equals(theirs)) {
            questions.add(JudgeQuestion.unasked(sample, null));
            return;
        }
        try {
            JudgePrompts.Pair pair = JudgePrompts.pair(asking.rubric(), response.prompt(), ours, theirs);
            questions.add(JudgeQuestion.asked(sample, Order.STRAIGHT, pair.straight()));
            questions.add(JudgeQuestion.asked(sample, Order.SWAPPED, pair.swapped()));
        } catch (ScoringException e) {
            questions.add(JudgeQuestion.unasked(sample, String.valueOf(e.getMessage())));
        }
    }

    private void grade(KeptAnswers variant) {
        Set<String> drawn = draw(variant);
        variant.forEach(response -> {
            if (drawn.contains(key(response))) {
                grade(variant.name(), response);
            }
        });
    }

    private void grade(String variant, ResponseRecord response) {
        List<String> answers = answers(response);
        if (answers.isEmpty()) {
            questions.add(JudgeQuestion.unasked(sample(variant, null, response, 0), "no answer of " + variant));
        }
        String right = response.targets().isEmpty() ? "" : response.targets().get(0);
        for (int repeat = 0; repeat < answers.size(); repeat++) {
            Question sample = sample(variant, null, response, repeat);
            try {
                questions.add(JudgeQuestion.asked(
                        sample,
                        Order.ALONE,
                        JudgePrompts.rating(asking.rubric(), response.prompt(), answers.get(repeat), right)));
            } catch (ScoringException e) {
                questions.add(JudgeQuestion.unasked(sample, String.valueOf(e.getMessage())));
            }
        }
    }

    private static Question sample(String variant, @Nullable String baseline, ResponseRecord response, int repeat) {
        return new Question(
                variant,
                baseline,
                response.docId(),
                response.id(),
                response.docHash(),
                response.cluster(),
                Order.UNASKED,
                null,
                repeat);
    }

    /** The answers to a sample's prompt, one a repeat; none where it failed. */
    private static List<String> answers(ResponseRecord response) {
        return response.failure() != null
                ? List.of()
                : response.replies().stream().map(ResponseRecord.Reply::text).toList();
    }

    /** Samples with the least hashes: a draw by nothing but the seed, the same for every variant. */
    private Set<String> draw(KeptAnswers answers) {
        TreeMap<String, String> least = new TreeMap<>();
        answers.forEach(response -> {
            least.put(JudgeAsking.sha256(seed + "\n" + key(response)), key(response));
            if (least.size() > samples) {
                least.pollLastEntry();
            }
        });
        return new HashSet<>(least.values());
    }

    private static String key(ResponseRecord response) {
        return response.docId() + "\n" + response.docHash();
    }
}
