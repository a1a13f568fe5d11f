package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.factuality.Claims;
import dev.weighbridge.scoring.factuality.Evidence;
import dev.weighbridge.scoring.factuality.EvidenceFiles;
import dev.weighbridge.scoring.factuality.Support;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How many claims of the answer retrieved evidence bears out, by the rule of {@link Support}. {@code supported} is the share of an
 * answer's claims, 0 for an answer that claims nothing, so that silence does not win; {@code claim_precision} is the share of all
 * claims of all answers, which such an answer leaves as it is; {@code number_precision} the share, of the claims with numbers, of
 * those whose numbers are all in their best passage; {@code content_recall} the mean recall of a claim; {@code claims} how many an
 * answer has.
 */
public final class FactualityKind implements ScorerKind {
    private static final List<Score> SCORES = List.of(
            Score.share("supported"),
            new Score("claim_precision", Aggregation.RATIO, true, false),
            new Score("number_precision", Aggregation.RATIO, true, false),
            new Score("content_recall", Aggregation.RATIO, true, false),
            new Score("claims", Aggregation.MEAN, true, false));

    @Override
    public String id() {
        return "factuality";
    }

    @Override
    public String description() {
        return "share of the answer's sentences that passages of option evidence (a folder of texts, or JSONL with option field) or"
                + " column (of the row) bear out, by words, numbers and names; claim_precision, number_precision and"
                + " content_recall over all claims; options threshold, passages";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        Optional<Path> path = options.file("evidence");
        String column = options.text("column", "");
        String field = options.text("field", "text");
        double threshold = options.number("threshold", 0.7, 0, 1);
        int passages = options.whole("passages", 5, 1, 50);
        if (path.isPresent() != column.isEmpty()) {
            throw new ScoringException(
                    "scorer factuality needs one of the options 'evidence' (a folder of texts or a JSONL file)"
                            + " and 'column' (of the row that holds the evidence)");
        }
        Function<Question, Evidence> source;
        if (path.isPresent()) {
            Evidence evidence = EvidenceFiles.read(path.get(), field);
            source = question -> evidence;
        } else {
            source = question -> Evidence.of(texts(question, column));
        }
        return new WrittenScorer(
                SCORES, (question, answer) -> judge(source.apply(question), answer, threshold, passages));
    }

    private static List<double[]> judge(Evidence evidence, String answer, double threshold, int passages) {
        List<Support> supports = Claims.of(answer).stream()
                .map(claim -> Support.of(claim, evidence.best(claim, passages)))
                .toList();
        double supported = supports.stream()
                .filter(support -> support.supported(threshold))
                .count();
        List<Support> numeric = supports.stream().filter(Support::numbers).toList();
        double found = numeric.stream().filter(Support::numbersFound).count();
        double recall = supports.stream().mapToDouble(Support::recall).sum();
        int claims = supports.size();
        return List.of(
                Aggregation.one(claims == 0 ? 0 : supported / claims),
                new double[] {supported, claims},
                new double[] {found, numeric.size()},
                new double[] {recall, claims},
                Aggregation.one(claims));
    }

    private static List<String> texts(Question question, String column) {
        Object value = question.row().get(column);
        List<String> texts = new ArrayList<>();
        for (Object element : value instanceof List<?> list ? list : value == null ? List.of() : List.of(value)) {
            if (element instanceof String text) {
                texts.add(text);
            }
        }
        if (texts.isEmpty()) {
            throw new ScoringException("the row has no text or list of texts in column '" + column + "'. It has "
                    + question.row().keySet() + ".");
        }
        return texts;
    }
}
