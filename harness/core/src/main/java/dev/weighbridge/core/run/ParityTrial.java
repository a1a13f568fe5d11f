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
import java.util.List;
import java.util.Optional;

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
            return Files.exists(file)
                    ? judged(new ByLogits(ReferenceLogits.read(file), own), folder, maxKl, minTop1)
                    : noReference();
        }
        if (engine instanceof TopLogprobsEngine likely) {
            Path file = ReferenceLogprobs.file(run.path(), variant.baseline());
            List<List<Position>> own;
            try {
                own = texts.stream()
                        .map(text -> likely.topLogprobs(text, MOST_LIKELY))
                        .toList();
            } catch (EngineException e) {
                if (e.category() == EngineException.Category.BAD_REQUEST) {
                    return TrialOutcome.skipped(Reason.of(Code.NO_LOGITS));
                }
                throw e;
            }
            if (variant.isBaseline()) {
                ReferenceLogprobs.write(file, own);
            }
            return Files.exists(file)
                    ? judged(new ByLogprobs(ReferenceLogprobs.read(file), own), folder, maxKl, minTop1)
                    : noReference();
        }
        return TrialOutcome.skipped(Reason.of(Code.NO_LOGITS));
    }

    /** Two answers to the same texts. */
    private interface Compared {
        int texts();

        Optional<List<TokenFidelity>> places(int text);
    }

    private record ByLogits(List<Logits> baseline, List<Logits> own) implements Compared {
        @Override
        public int texts() {
            return Math.min(baseline.size(), own.size());
        }

        @Override
        public Optional<List<TokenFidelity>> places(int text) {
            return Parity.compared(baseline.get(text), own.get(text));
        }
    }

    private record ByLogprobs(List<List<Position>> baseline, List<List<Position>> own) implements Compared {
        @Override
        public int texts() {
            return Math.min(baseline.size(), own.size());
        }

        @Override
        public Optional<List<TokenFidelity>> places(int text) {
            return Parity.compared(baseline.get(text), own.get(text));
        }
    }

    private static TrialOutcome judged(Compared compared, TrialFolder folder, double maxKl, double minTop1) {
        Parity parity = new Parity();
        for (int text = 0; text < compared.texts(); text++) {
            Optional<List<TokenFidelity>> places = compared.places(text);
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
