package dev.weighbridge.inference;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.LogitsEngine.Logits;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.batching.BatchScheduler;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.tokenizer.ChatTemplate;
import dev.weighbridge.inference.tokenizer.StreamDecoder;
import dev.weighbridge.inference.tokenizer.TextTokenizer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** One model, loaded and ready to answer many requests at once. Safe for use by several threads. */
public final class InferenceService implements AutoCloseable {
    private static final int MOST_WAITING = 4096;
    private static final int WARM_UP_ROUNDS = 3;

    private final Checkpoint checkpoint;
    private final TextTokenizer tokenizer;
    private final ChatTemplate chatTemplate;
    private final BatchScheduler scheduler;
    private final TokenScorer scorer;
    private final EngineInfo info;

    private InferenceService(
            Checkpoint checkpoint, TextTokenizer tokenizer, BatchScheduler scheduler, EngineInfo info) {
        this.checkpoint = checkpoint;
        this.tokenizer = tokenizer;
        this.chatTemplate = ChatTemplate.read(checkpoint.folder());
        this.scheduler = scheduler;
        this.scorer = new TokenScorer(tokenizer);
        this.info = info;
    }

    /**
     * Reads a checkpoint, compiles it or finds it compiled, loads it and warms it up.
     *
     * @throws EngineException when the checkpoint is bad, the device is not there, or loading fails
     */
    public static InferenceService open(Backend backend, EngineSpec spec) {
        Checkpoint checkpoint = CheckpointReader.read(spec.model());
        int context = spec.contextLength() == 0
                ? checkpoint.definition().contextLength()
                : Math.min(spec.contextLength(), checkpoint.definition().contextLength());
        String device = backend.resolveDevice(spec.device());
        Path folder = spec.cacheDirectory()
                .resolve(backend.id())
                .resolve(checkpoint.sha256().substring(0, 16) + "-"
                        + spec.precision().id() + "-" + device.replace(':', '-'));
        Backend.Artifact artifact = backend.compile(checkpoint, spec.precision(), device, folder);
        int rows = spec.batching().size();
        TextTokenizer tokenizer = TextTokenizer.read(checkpoint.folder());
        BatchScheduler scheduler = new BatchScheduler(
                () -> warmedUp(backend.load(artifact, device, rows + 1, context, spec.threads()), rows),
                spec.batching(),
                MOST_WAITING);
        EngineInfo info = new EngineInfo(
                backend.id(),
                backend.nativeVersion(),
                device,
                spec.precision(),
                checkpoint.name(),
                context,
                Map.of(
                        "artifact_bytes", Long.toString(artifact.bytes()),
                        "slots", Integer.toString(rows),
                        "threads", Integer.toString(spec.threads()),
                        "batching", spec.batching().id(),
                        "model_sha256", checkpoint.sha256()));
        return new InferenceService(checkpoint, tokenizer, scheduler, info);
    }

    public EngineInfo info() {
        return info;
    }

    public ChatTemplate chatTemplate() {
        return chatTemplate;
    }

    public TextTokenizer tokenizer() {
        return tokenizer;
    }

    /**
     * Starts an answer; the listener hears of it on the scheduler's thread.
     *
     * @throws EngineException of category BAD_REQUEST when the prompt leaves no room for an answer, or FAILED when too many
     *     requests wait
     */
    public Cancellation generate(TextRequest request, TextListener listener) {
        int[] prompt = prompt(request.prompt(), 1);
        AnswerRow row = new AnswerRow(
                prompt,
                request,
                info.contextLength(),
                checkpoint.endOfSequence(),
                listener,
                tokenizer.streamDecoder(),
                scorer);
        scheduler.submit(row);
        return row;
    }

    /**
     * How likely the model finds each token of a text.
     *
     * @param top likeliest tokens to report for each position
     * @return one entry for each token; the first has no log-probability, and the texts of all add up to the text
     */
    public List<TokenScore> score(String text, int top) {
        int[] tokens = prompt(text, 0);
        float[] logits = scheduler.exclusively(session -> allLogits(session, tokens));
        int vocabulary = logits.length / tokens.length;
        StreamDecoder decoder = tokenizer.streamDecoder();
        List<TokenScore> scores = new ArrayList<>();
        for (int i = 0; i < tokens.length; i++) {
            String piece = decoder.push(tokens[i]);
            if (i == 0) {
                scores.add(new TokenScore(tokens[i], piece, null, List.of()));
            } else {
                float[] row = Arrays.copyOfRange(logits, (i - 1) * vocabulary, i * vocabulary);
                TokenScore score = scorer.score(row, tokens[i], top);
                scores.add(new TokenScore(tokens[i], piece, score.logProbability(), score.top()));
            }
        }
        return scores;
    }

    /** The logits at every position of a text. */
    public Logits logits(String text) {
        int[] tokens = prompt(text, 0);
        float[] values = scheduler.exclusively(session -> allLogits(session, tokens));
        return new Logits(tokens, values.length / tokens.length, values);
    }

    @Override
    public void close() {
        scheduler.close();
        tokenizer.close();
    }

    private int[] prompt(String text, int room) {
        int[] tokens = tokenizer.encode(text);
        if (tokens.length == 0) {
            throw new EngineException(
                    EngineException.Category.BAD_REQUEST, "the prompt is empty. Give it at least one token.");
        }
        if (tokens.length + room > info.contextLength()) {
            throw new EngineException(
                    EngineException.Category.BAD_REQUEST,
                    "the prompt has " + tokens.length + " tokens, the context length is " + info.contextLength()
                            + (room > 0 ? " with the answer" : "") + ". Shorten it.");
        }
        return tokens;
    }

    private static float[] allLogits(DecoderSession session, int[] tokens) {
        FloatBuffer logits = session.prefill(session.slots() - 1, 0, tokens, true);
        float[] values = new float[tokens.length * session.vocabularySize()];
        logits.get(0, values);
        return values;
    }

    /** Tensor libraries plan and allocate on the first calls of each shape; requests must not pay for that. */
    private static DecoderSession warmedUp(DecoderSession session, int rows) {
        int[] tokens = new int[rows];
        int[] past = new int[rows];
        Arrays.fill(past, 1);
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            for (int slot = 0; slot < rows; slot++) {
                session.prefill(slot, 0, new int[Math.min(8, session.contextLength() - 1)], false);
            }
            session.step(rows, tokens, past);
            session.step(1, tokens, past);
        }
        return session;
    }
}
