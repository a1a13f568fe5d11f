package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.factuality.Claims;
import dev.weighbridge.scoring.factuality.Entailment;
import dev.weighbridge.scoring.factuality.Evidence;
import dev.weighbridge.scoring.factuality.EvidenceFiles;
import dev.weighbridge.scoring.factuality.Support;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How many claims of the answer retrieved evidence bears out, by the rule of {@link Support}. {@code supported} is the share of an
 * answer's claims, 0 for an answer that claims nothing, so that silence does not win; {@code claim_precision} is the share of all
 * claims of all answers, which such an answer leaves as it is; {@code number_precision} the share, of the claims with numbers, of
 * those whose numbers are all in their best passage; {@code content_recall} the mean recall of a claim; {@code claims} how many an
 * answer has.
 *
 * <p>With a model of entailment a claim is supported when one of the retrieved passages entails it with a probability of at least
 * {@code entails}, by {@link Entailment}; {@code word_precision} is then the share of all claims that the rule of words supports, and
 * {@code entailment} the mean probability of a claim.
 */
public final class FactualityKind implements ScorerKind {
    private static final List<Score> SCORES = List.of(
            Score.share("supported"),
            new Score("claim_precision", Aggregation.RATIO, true, false),
            new Score("number_precision", Aggregation.RATIO, true, false),
            new Score("content_recall", Aggregation.RATIO, true, false),
            new Score("claims", Aggregation.MEAN, true, false));
    private static final List<Score> WITH_ENTAILMENT = Stream.concat(
                    SCORES.stream(),
                    Stream.of(
                            new Score("word_precision", Aggregation.RATIO, true, false),
                            new Score("entailment", Aggregation.RATIO, true, false)))
            .toList();

    @Override
    public String id() {
        return "factuality";
    }

    @Override
    public String description() {
        return "share of the answer's sentences that passages of option evidence (a folder of texts, or JSONL with option field) or"
                + " column (of the row) bear out, by words, numbers and names; claim_precision, number_precision and"
                + " content_recall over all claims; options threshold, passages; option entailment (the folder of a model of natural"
                + " language inference) has the model decide, from probability entails on";
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
        Optional<Entailment> entailment = options.file("entailment").map(Entailment::open);
        double entails = entailment.isPresent() ? options.number("entails", 0.5, 0, 1) : 0;
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
                entailment.isPresent() ? WITH_ENTAILMENT : SCORES,
                (question, answer) -> {
                    Evidence evidence = source.apply(question);
                    List<String> claims = Claims.of(answer);
                    List<List<String>> found = claims.stream()
                            .map(claim -> evidence.best(claim, passages))
                            .toList();
                    return judge(claims, found, threshold, entailment, entails);
                },
                entailment.map(Entailment::model).orElse(""));
    }

    private static List<double[]> judge(
            List<String> claims,
            List<List<String>> passages,
            double threshold,
            Optional<Entailment> entailment,
            double entails) {
        List<Support> supports = IntStream.range(0, claims.size())
                .mapToObj(i -> Support.of(claims.get(i), passages.get(i)))
                .toList();
        double byWords = supports.stream()
                .filter(support -> support.supported(threshold))
                .count();
        List<Support> numeric = supports.stream().filter(Support::numbers).toList();
        double found = numeric.stream().filter(Support::numbersFound).count();
        double recall = supports.stream().mapToDouble(Support::recall).sum();
        int count = claims.size();
        double[] probabilities =
                entailment.map(model -> model.of(claims, passages)).orElse(new double[0]);
        double supported = entailment.isPresent()
                ? Arrays.stream(probabilities).filter(p -> p >= entails).count()
                : byWords;
        List<double[]> vectors = new ArrayList<>(List.of(
                Aggregation.one(count == 0 ? 0 : supported / count),
                new double[] {supported, count},
                new double[] {found, numeric.size()},
                new double[] {recall, count},
                Aggregation.one(count)));
        if (entailment.isPresent()) {
            vectors.add(new double[] {byWords, count});
            vectors.add(new double[] {Arrays.stream(probabilities).sum(), count});
        }
        return vectors;
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
