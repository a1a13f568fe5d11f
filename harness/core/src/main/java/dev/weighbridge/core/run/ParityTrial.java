package dev.weighbridge.core.run;

import dev.weighbridge.analysis.accuracy.Parity;
import dev.weighbridge.analysis.accuracy.TokenFidelity;
import dev.weighbridge.analysis.accuracy.Vocabulary;
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
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Holds a variant's next-token distributions against the baseline's: whole ones where both show their logits, else whole ones against
 * what a server gives of the most likely tokens, or what two servers give of them. Each place is kept.
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
        Compared compared;
        if (engine instanceof LogitsEngine logits) {
            compared = whole(logits, texts);
        } else if (engine instanceof TopLogprobsEngine likely) {
            try {
                compared = likely(likely, texts);
            } catch (EngineException e) {
                if (e.category() == EngineException.Category.BAD_REQUEST) {
                    return TrialOutcome.skipped(Reason.of(Code.NO_LOGITS));
                }
                throw e;
            }
        } else {
            return TrialOutcome.skipped(Reason.of(Code.NO_LOGITS));
        }
        return compared == null
                ? TrialOutcome.skipped(Reason.about(Code.NO_REFERENCE_LOGITS, variant.baseline()))
                : judged(compared.texts(), compared.places(), folder, maxKl, minTop1);
    }

    /**
     * Texts of which both sides gave their distributions.
     *
     * @param texts that both were given
     * @param places of a text by its number, or nothing where both cut it into other tokens
     */
    private record Compared(int texts, IntFunction<Optional<List<TokenFidelity>>> places) {}

    /** Whole distributions against the baseline's; {@code null} when it gave none. */
    private @Nullable Compared whole(LogitsEngine engine, List<String> texts) {
        List<Logits> own = texts.stream().map(engine::logits).toList();
        Path logits = ReferenceLogits.file(run.path(), variant.baseline());
        Path likely = ReferenceLogprobs.file(run.path(), variant.baseline());
        if (variant.isBaseline()) {
            ReferenceLogits.write(logits, own);
            ReferenceLogprobs.writeVocabulary(
                    ReferenceLogprobs.vocabularyFile(run.path(), variant.baseline()), engine.vocabulary());
        }
        if (Files.exists(logits)) {
            List<Logits> baseline = ReferenceLogits.read(logits);
            return new Compared(
                    Math.min(baseline.size(), own.size()), text -> Parity.compared(baseline.get(text), own.get(text)));
        }
        if (Files.exists(likely)) {
            List<List<Position>> baseline = ReferenceLogprobs.read(likely);
            Vocabulary vocabulary = new Vocabulary(engine.vocabulary());
            return new Compared(
                    Math.min(baseline.size(), own.size()),
                    text -> Parity.compared(baseline.get(text), own.get(text), vocabulary));
        }
        return null;
    }

    /** The most likely tokens against what the baseline gave; {@code null} when it gave nothing. */
    private @Nullable Compared likely(TopLogprobsEngine engine, List<String> texts) {
        List<List<Position>> own = texts.stream()
                .map(text -> engine.topLogprobs(text, MOST_LIKELY))
                .toList();
        Path logits = ReferenceLogits.file(run.path(), variant.baseline());
        Path likely = ReferenceLogprobs.file(run.path(), variant.baseline());
        Path tokens = ReferenceLogprobs.vocabularyFile(run.path(), variant.baseline());
        if (variant.isBaseline()) {
            ReferenceLogprobs.write(likely, own);
        }
        if (Files.exists(likely)) {
            List<List<Position>> baseline = ReferenceLogprobs.read(likely);
            return new Compared(
                    Math.min(baseline.size(), own.size()), text -> Parity.compared(baseline.get(text), own.get(text)));
        }
        if (Files.exists(logits) && Files.exists(tokens)) {
            List<Logits> baseline = ReferenceLogits.read(logits);
            Vocabulary vocabulary = new Vocabulary(ReferenceLogprobs.readVocabulary(tokens));
            return new Compared(
                    Math.min(baseline.size(), own.size()),
                    text -> Parity.compared(baseline.get(text), vocabulary, own.get(text)));
        }
        return null;
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
}
