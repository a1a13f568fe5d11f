package dev.weighbridge.core.run;

import dev.weighbridge.analysis.accuracy.Parity;
import dev.weighbridge.analysis.accuracy.TokenFidelity;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.LogitsEngine;
import dev.weighbridge.api.LogitsEngine.Logits;
import dev.weighbridge.api.TopLogprobsEngine;
import dev.weighbridge.api.TopLogprobsEngine.Position;
import dev.weighbridge.results.FidelityRecord;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.TrialFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Holds a variant's next-token distributions against the baseline's: whole ones where both show their logits, else what their servers
 * give of the most likely tokens. Each place is kept.
 */
final class ParityTrial {
    /** As many as common servers give without being told to at their start. */
    private static final int MOST_LIKELY = 20;

    private final RunDirectory run;
    private final PlannedVariant variant;

    ParityTrial(RunDirectory run, PlannedVariant variant) {
        this.run = run;
        this.variant = variant;
    }

    TrialOutcome run(Engine engine, List<String> texts, TrialFolder folder, double maxKl, double minTop1) {
        if (engine instanceof LogitsEngine logits) {
            Path file = ReferenceLogits.file(run.path(), variant.baseline());
            List<Logits> own = texts.stream().map(logits::logits).toList();
            if (variant.isBaseline()) {
                ReferenceLogits.write(file, own);
            }
            if (!Files.exists(file)) {
                return noReference();
            }
            List<Logits> baseline = ReferenceLogits.read(file);
            return judged(
                    Math.min(baseline.size(), own.size()),
                    text -> Parity.compared(baseline.get(text), own.get(text)),
                    folder,
                    maxKl,
                    minTop1);
        }
        if (engine instanceof TopLogprobsEngine likely) {
            Path file = ReferenceLogprobs.file(run.path(), variant.baseline());
            List<List<Position>> own = new ArrayList<>();
            try {
                texts.forEach(text -> own.add(likely.topLogprobs(text, MOST_LIKELY)));
            } catch (EngineException e) {
                if (e.category() == EngineException.Category.BAD_REQUEST) {
                    return TrialOutcome.skipped(Reason.of(Code.NO_LOGITS));
                }
                throw e;
            }
            if (variant.isBaseline()) {
                ReferenceLogprobs.write(file, own);
            }
            if (!Files.exists(file)) {
                return noReference();
            }
            List<List<Position>> baseline = ReferenceLogprobs.read(file);
            return judged(
                    Math.min(baseline.size(), own.size()),
                    text -> Parity.compared(baseline.get(text), own.get(text)),
                    folder,
                    maxKl,
                    minTop1);
        }
        return TrialOutcome.skipped(Reason.of(Code.NO_LOGITS));
    }

    /**
     * Keeps and judges each place.
     *
     * @param texts that both were given
     * @param compared places of a text by its number, or nothing where both cut it into other tokens
     */
    private static TrialOutcome judged(
            int texts,
            IntFunction<Optional<List<TokenFidelity>>> compared,
            TrialFolder folder,
            double maxKl,
            double minTop1) {
        Parity parity = new Parity();
        for (int text = 0; text < texts; text++) {
            Optional<List<TokenFidelity>> places = compared.apply(text);
            if (places.isEmpty()) {
                parity.addOtherTokens();
                continue;
            }
            for (int i = 0; i < places.get().size(); i++) {
                FidelityRecord kept = Parity.record(text, i + 1, places.get().get(i));
                folder.fidelity(kept);
                parity.add(kept);
            }
        }
        return TrialOutcome.judged(parity.violations(maxKl, minTop1), parity.measurements());
    }

    private TrialOutcome noReference() {
        return TrialOutcome.skipped(Reason.about(Code.NO_REFERENCE_LOGITS, variant.baseline()));
    }
}
