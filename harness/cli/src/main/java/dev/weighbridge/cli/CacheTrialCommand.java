package dev.weighbridge.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.source.RowReader;
import dev.weighbridge.datasets.source.RowSink;
import dev.weighbridge.gateway.cache.CacheSettings;
import dev.weighbridge.gateway.cache.CacheTrial;
import dev.weighbridge.gateway.cache.Embedding;
import dev.weighbridge.gateway.cache.Question;
import dev.weighbridge.gateway.cache.QuestionLoad;
import dev.weighbridge.gateway.cache.SentenceEmbedding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what a semantic cache would answer, and how often wrongly. */
@Command(
        name = "cache-trial",
        description = {
            "Tell by threshold how many prompts a semantic cache would answer and how many of these answers would be wrong, without asking a"
                    + " model: prompts with their right answers go by in their order.",
            "Without a file, over questions of our own: repetitive ones (Zipf's law, paraphrases, near duplicates that ask something else) or"
                    + " unique ones."
        },
        footer = {
            "",
            "Examples:",
            "  weighbridge cache-trial",
            "  weighbridge cache-trial questions.jsonl --prompt question --answer answer",
            "  weighbridge cache-trial --embedding all-minilm-l6-v2",
            "  weighbridge cache-trial --unique --write unique.jsonl"
        })
final class CacheTrialCommand implements Callable<Integer> {
    private static final int MOST = 20_000;
    private static final int DISTINCT_PART = 8;
    private static final double NEAR_DUPLICATES = 0.2;

    private final Terminal terminal;

    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            description = "Rows with prompt and right answer, in the order of asking.")
    private @Nullable Path file;

    @Option(names = "--prompt", paramLabel = "NAME", description = "Column of the prompt. Default: ${DEFAULT-VALUE}.")
    private String promptColumn = "prompt";

    @Option(
            names = "--answer",
            paramLabel = "NAME",
            description = "Column of the right answer. Default: ${DEFAULT-VALUE}.")
    private String answerColumn = "answer";

    @Option(
            names = "--embedding",
            paramLabel = "FOLDER",
            description = "Model of sentences (model.onnx, tokenizer.json, config.json). Default: hashed n-grams.")
    private @Nullable Path folder;

    @Option(names = "--questions", paramLabel = "N", description = "Questions of our own. Default: ${DEFAULT-VALUE}.")
    private int questions = 2000;

    @Option(names = "--unique", description = "Questions of our own that all ask something else.")
    private boolean unique;

    @Option(names = "--seed", paramLabel = "N", description = "Of the questions. Default: ${DEFAULT-VALUE}.")
    private long seed = 42;

    @Option(
            names = "--write",
            paramLabel = "FILE",
            description = "Write the questions as JSON lines, for the prompts of a study.")
    private @Nullable Path write;

    CacheTrialCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        OptionValue.within("--questions", questions, 1, MOST);
        List<Question> asked = asked();
        if (write != null) {
            ObjectMapper json = new ObjectMapper();
            StringBuilder lines = new StringBuilder();
            for (Question question : asked) {
                lines.append(json.createObjectNode()
                                .put("prompt", question.prompt())
                                .put("answer", question.answer()))
                        .append('\n');
            }
            Files.writeString(write, lines);
        }
        List<Double> thresholds = IntStream.rangeClosed(0, 10)
                .mapToObj(i -> Math.round((0.8 + 0.02 * i) * 100) / 100.0)
                .toList();
        Embedding embedding = embedding();
        terminal.line("embedding " + embedding.id());
        terminal.line("threshold  look-ups      hits  hit share     wrong  wrong of hits");
        for (CacheTrial.Row row : CacheTrial.replay(embedding, asked, thresholds, String::equals)) {
            terminal.line(String.format(
                    Locale.ROOT,
                    "%9.2f %9d %9d %9.1f %% %9d %s",
                    row.threshold(),
                    row.lookups(),
                    row.hits(),
                    100.0 * row.hits() / row.lookups(),
                    row.wrong(),
                    row.hits() == 0
                            ? "            –"
                            : String.format(Locale.ROOT, "%11.1f %%", 100.0 * row.wrong() / row.hits())));
        }
        return ExitCode.GOOD;
    }

    private Embedding embedding() {
        if (folder == null) {
            return CacheSettings.standard().embedding();
        }
        try {
            return SentenceEmbedding.of(folder);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--embedding: " + e.getMessage());
        }
    }

    private List<Question> asked() {
        if (file == null) {
            return unique
                    ? QuestionLoad.unique(seed, questions)
                    : QuestionLoad.repetitive(
                            seed, questions, Math.max(1, questions / DISTINCT_PART), 1, NEAR_DUPLICATES);
        }
        List<Question> asked = new ArrayList<>();
        try {
            RowReader.of(file).read(new RowSink() {
                @Override
                public void row(int number, Map<String, @Nullable Object> row) {
                    if (!(row.get(promptColumn) instanceof String prompt) || row.get(answerColumn) == null) {
                        throw new ConfigException("row " + number + " of " + file + " has no text '" + promptColumn
                                + "' or no '" + answerColumn + "'. It has " + row.keySet() + ".");
                    }
                    if (asked.size() >= MOST) {
                        throw new ConfigException(
                                file + " has more than " + MOST + " rows, which are as many as are tried");
                    }
                    asked.add(new Question(prompt, String.valueOf(row.get(answerColumn)), Question.Origin.ASKED));
                }

                @Override
                public void broken(int number, String why) {
                    throw new ConfigException("row " + number + " of " + file + " " + why);
                }
            });
        } catch (DataException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
        return asked;
    }
}
