package dev.weighbridge.inference;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.LogitsEngine.Logits;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.batching.BatchScheduler;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.model.Encoder;
import dev.weighbridge.inference.tokenizer.ChatTemplate;
import dev.weighbridge.inference.tokenizer.PlacedTokens;
import dev.weighbridge.inference.tokenizer.TextTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One model, loaded and ready to answer many requests at once. Safe for use by several threads. */
public final class InferenceService implements AutoCloseable {
    private static final int MOST_WAITING = 1024;
    private static final int WARM_UP_ROUNDS = 3;
    private static final int WARM_UP_TOKENS = 8;
    private static final int SHORTEST_CONTEXT = 2;
    private static final int PROMPT_TOKENS_ON_CPU = 16;
    private static final int PROMPT_TOKENS_ON_CUDA = 512;
    private static final int MOST_LOGITS = 1 << 28;
    /** A logit takes four bytes, and four again while it is sent; an eighth of the heap is left to each. */
    private static final int HEAP_SHARE_OF_A_LOGIT = 32;

    private final EngineInfo info;
    private final BitSet endOfSequence;
    private final int vocabularySize;
    private final TextTokenizer tokenizer;
    private final ChatTemplate chatTemplate;
    private final BatchScheduler scheduler;
    private final TokenScorer scorer;
    private final TextScoring scoring;
    private final ContinuationScoring continuationScoring;
    private final boolean encodes;
    private final OptionalInt boundary;

    private InferenceService(
            Checkpoint checkpoint,
            EngineInfo info,
            TextTokenizer tokenizer,
            ChatTemplate chatTemplate,
            BatchScheduler scheduler) {
        this.info = info;
        this.endOfSequence = new BitSet();
        checkpoint.endOfSequence().forEach(endOfSequence::set);
        this.vocabularySize = checkpoint.definition().vocabularySize();
        this.tokenizer = tokenizer;
        this.chatTemplate = chatTemplate;
        this.scheduler = scheduler;
        this.scorer = new TokenScorer(tokenizer);
        this.encodes = checkpoint.definition().encoder() != null;
        this.scoring = new TextScoring(scheduler, vocabularySize, encodes);
        this.continuationScoring = new ContinuationScoring(scoring, vocabularySize);
        this.boundary = boundary();
    }

    /** The token that stands before a text which nothing is before: what the tokenizer puts there, or what the checkpoint names. */
    private OptionalInt boundary() {
        int[] frame = tokenizer.encode("");
        if (frame.length > 0) {
            return OptionalInt.of(frame[0]);
        }
        return chatTemplate.boundaryTokens().stream()
                .map(token -> tokenizer.encode(token, false))
                .filter(tokens -> tokens.length == 1 && tokens[0] < vocabularySize)
                .mapToInt(tokens -> tokens[0])
                .findFirst();
    }

    /**
     * Reads a checkpoint, compiles it or finds it compiled, loads it and warms it up. Up to 1024 requests may wait then.
     *
     * @throws EngineException when the checkpoint is bad, the device or the precision is not there, or loading fails; nothing
     *     is left open then
     */
    public static InferenceService open(Backend backend, EngineSpec spec) {
        return open(backend, spec, MOST_WAITING);
    }

    static InferenceService open(Backend backend, EngineSpec spec, int mostWaiting) {
        Checkpoint checkpoint = CheckpointReader.read(spec.model());
        ChatTemplate chatTemplate = ChatTemplate.read(checkpoint.folder());
        int context = contextLength(checkpoint, spec);
        String device = backend.resolveDevice(spec.device());
        requireOffered(backend, device, spec.precision());
        TextTokenizer tokenizer = TextTokenizer.read(checkpoint.folder());
        try {
            Backend.Artifact artifact =
                    backend.compile(checkpoint, spec.precision(), device, folder(backend, checkpoint, spec, device));
            int rows = spec.batching().size();
            EngineInfo info = new EngineInfo(
                    backend.id(),
                    backend.nativeVersion(),
                    device,
                    spec.precision(),
                    checkpoint.name(),
                    context,
                    details(backend, spec, device, artifact));
            BatchScheduler scheduler = new BatchScheduler(
                    () -> warmedUp(backend.load(artifact, device, rows + 1, context, spec.threads()), rows),
                    withPromptTokens(spec.batching(), device),
                    mostWaiting);
            return new InferenceService(checkpoint, info, tokenizer, chatTemplate, scheduler);
        } catch (RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    private static Map<String, String> details(
            Backend backend, EngineSpec spec, String device, Backend.Artifact artifact) {
        Map<String, String> details = new TreeMap<>(backend.kernelFacts(spec.precision(), device));
        details.put("artifact_bytes", Long.toString(artifact.bytes()));
        details.put("slots", Integer.toString(spec.batching().size()));
        details.put("threads", Integer.toString(spec.threads()));
        details.put("batching", spec.batching().id());
        details.put("model_sha256", artifact.checkpoint().sha256());
        Encoder encoder = artifact.checkpoint().definition().encoder();
        if (encoder != null) {
            details.put(
                    EngineInfo.ENCODER_BLOCKS, Integer.toString(encoder.blocks().size()));
        }
        return details;
    }

    public EngineInfo info() {
        return info;
    }

    /** How many answers are being generated, and how many requests wait. */
    public BatchScheduler.Backlog backlog() {
        return scheduler.backlog();
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
     * @throws dev.weighbridge.inference.batching.QueueFullException when too many requests wait
     * @throws EngineException of category BAD_REQUEST when the prompt leaves no room for an answer, FAILED when the engine was
     *     closed, or CRASHED when it has failed
     */
    public Cancellation generate(TextRequest asked, TextListener listener) {
        // What an encoder reads is read as a whole.
        TextRequest request = encodes ? asked.withoutKeeping() : asked;
        int[] prompt = tokens(request.prompt(), 1).tokens();
        AnswerRow row = new AnswerRow(
                prompt,
                request,
                Math.min(request.maxTokens(), info.contextLength() - prompt.length),
                endOfSequence,
                listener,
                // What answers a prompt that an encoder read is a text of its own.
                encodes ? tokenizer.streamDecoder() : tokenizer.streamDecoder(prompt),
                scorer);
        scheduler.submit(row);
        return row;
    }

    /**
     * How likely the model finds each token of a text.
     *
     * @param top likeliest tokens to report for each position
     * @return one entry for each token; the first has no log-probability, and the texts of all add up to the text, whatever
     *     the tokenizer makes of it
     * @throws EngineException of category BAD_REQUEST when the text is empty or longer than the context
     */
    public List<TokenScore> score(String text, int top) {
        return score(List.of(text), top).get(0);
    }

    /** As above for several texts; what they all begin with is computed once. */
    public List<List<TokenScore>> score(List<String> texts, int top) {
        if (encodes) {
            throw badRequest("the likelihood of a text by itself is asked of a model whose encoder reads its prompt: it"
                    + " has none. Ask for that of a continuation, by POST /weighbridge/score");
        }
        List<PlacedTokens> placed = texts.stream().map(text -> tokens(text, 0)).toList();
        List<String[]> pieces = new ArrayList<>();
        List<List<TokenScore>> scores = new ArrayList<>();
        for (int text = 0; text < texts.size(); text++) {
            PlacedTokens own = placed.get(text);
            pieces.add(pieces(texts.get(text), own.offsets()));
            scores.add(new ArrayList<>(
                    List.of(new TokenScore(own.tokens()[0], pieces.get(text)[0], own.offsets()[0], null, List.of()))));
        }
        List<int[]> tokens = placed.stream().map(PlacedTokens::tokens).toList();
        int shared = TextScoring.shared(tokens);
        float[] row = new float[vocabularySize];
        scoring.visitPredictions(tokens, new int[texts.size()], (text, first, count, logits) -> {
            int length = tokens.get(text).length;
            for (int i = 0; i < count && first + i + 1 < length; i++) {
                int position = first + i + 1;
                String piece = pieces.get(text)[position];
                int offset = placed.get(text).offsets()[position];
                if (text > 0 && position < shared) {
                    // The same token after the same tokens: the first text's score is everybody's.
                    scores.get(text).add(scores.get(0).get(position).at(piece, offset));
                } else {
                    logits.get(i * vocabularySize, row);
                    scores.get(text).add(scorer.score(row, tokens.get(text)[position], piece, offset, top));
                }
            }
        });
        return scores;
    }

    /**
     * How likely the model finds continuations of a context. A decoder reads context and continuation as one text. With no context
     * that is how likely it finds the whole text, of any length, after the token that begins texts, or else the one that ends them.
     * Where an encoder reads the context, they are tokenized apart, the context with the tokens that the tokenizer adds and the
     * continuations without.
     *
     * @param continuations at least one
     * @throws EngineException of category BAD_REQUEST when a text is empty or, after a context, too long, or a continuation would begin
     *     with the first token of its text
     */
    public List<ScoringEngine.Score> scoreContinuations(String context, List<String> continuations) {
        if (encodes) {
            return scoreEncoded(context, continuations);
        }
        ContinuationScoring.Prepared prepared = prepared(context, continuations);
        continuationScoring.compute(List.of(prepared));
        return prepared.scores().get();
    }

    /**
     * The same for several contexts, of which each may be refused alone; short ones go through the model together.
     *
     * @throws EngineException of another category than BAD_REQUEST
     */
    public List<ScoringEngine.Scored> scoreAll(List<ScoringEngine.Question> questions) {
        List<Supplier<ScoringEngine.Scored>> outcomes = new ArrayList<>();
        List<ContinuationScoring.Prepared> works = new ArrayList<>();
        for (ScoringEngine.Question question : questions) {
            try {
                if (encodes) {
                    List<ScoringEngine.Score> scores = scoreEncoded(question.context(), question.continuations());
                    outcomes.add(() -> new ScoringEngine.Scored(scores, null));
                } else {
                    ContinuationScoring.Prepared work = prepared(question.context(), question.continuations());
                    works.add(work);
                    outcomes.add(() -> new ScoringEngine.Scored(work.scores().get(), null));
                }
            } catch (EngineException e) {
                if (e.category() != EngineException.Category.BAD_REQUEST) {
                    throw e;
                }
                outcomes.add(() -> new ScoringEngine.Scored(List.of(), e));
            }
        }
        continuationScoring.compute(works);
        return outcomes.stream().map(Supplier::get).toList();
    }

    private ContinuationScoring.Prepared prepared(String context, List<String> continuations) {
        if (context.isEmpty() && boundary.isPresent()) {
            List<int[]> texts = continuations.stream()
                    .map(text -> requireKnown(tokenizer.encode(text, false)))
                    .toList();
            return continuationScoring.ofWhole(boundary.getAsInt(), texts, info.contextLength());
        }
        return continuationScoring.ofTexts(
                context,
                continuations.stream()
                        .map(continuation -> tokens(context + continuation, 0))
                        .toList());
    }

    private List<ScoringEngine.Score> scoreEncoded(String context, List<String> continuations) {
        int[] read = tokens(context, 1).tokens();
        List<int[]> tokens = new ArrayList<>();
        for (String continuation : continuations) {
            int[] own = tokenizer.encode(continuation, false);
            if (own.length == 0 || own.length > info.contextLength() - read.length) {
                throw badRequest("a continuation has " + own.length + " tokens; 1 to "
                        + (info.contextLength() - read.length) + " are possible after a context of " + read.length);
            }
            tokens.add(own);
        }
        return continuationScoring.ofEncoded(read, tokens);
    }

    /**
     * The logits at every position of a text.
     *
     * @throws EngineException of category BAD_REQUEST when the text is empty, longer than the context, or has more logits
     *     than an array holds
     */
    public Logits logits(String text) {
        int[] tokens = tokens(text, 0).tokens();
        long size = (long) tokens.length * vocabularySize;
        long most = Math.min(MOST_LOGITS, Runtime.getRuntime().maxMemory() / HEAP_SHARE_OF_A_LOGIT);
        if (size > most) {
            throw badRequest("the text has " + tokens.length + " tokens, whose " + size + " logits are more than the "
                    + most + " that are answered at once with this heap. Shorten it, or give the engine more memory.");
        }
        float[] values = new float[(int) size];
        scoring.visitAll(
                tokens,
                (only, first, count, logits) -> logits.get(0, values, first * vocabularySize, count * vocabularySize));
        return new Logits(tokens, vocabularySize, values);
    }

    /** Text that each token adds to a text, by id, as many as a row of logits has values; empty where a token has none. */
    public List<String> vocabulary() {
        List<String> texts = new ArrayList<>();
        for (int token = 0; token < vocabularySize; token++) {
            texts.add(token < tokenizer.vocabularySize() ? tokenizer.piece(token) : "");
        }
        return texts;
    }

    /**
     * What ended the engine when it was not closed: of category CRASHED, and there once every request was told. The engine
     * answers nothing more then.
     */
    public Optional<EngineException> failure() {
        return Optional.ofNullable(scheduler.failure().getNow(null));
    }

    /** Runs an action once the engine has failed, at once when it has already. */
    public void onFailure(Runnable action) {
        CompletableFuture<Void> unused = scheduler.failure().thenRun(action);
    }

    /** Ends the engine; requests that are not finished fail. Closing twice has no effect. */
    @Override
    public void close() {
        scheduler.close();
        tokenizer.close();
    }

    /** The tokens of a text, refused when they are none or more than the context holds with {@code room} further ones. */
    private PlacedTokens tokens(String text, int room) {
        PlacedTokens placed = tokenizer.encodePlaced(text);
        int[] tokens = placed.tokens();
        requireKnown(tokens);
        if (tokens.length + room > info.contextLength()) {
            throw badRequest("the prompt has " + tokens.length + " tokens, the context length is "
                    + info.contextLength() + (room > 0 ? " with the answer" : "") + ". Shorten it.");
        }
        return placed;
    }

    private int[] requireKnown(int[] tokens) {
        if (tokens.length == 0) {
            throw badRequest("the prompt is empty. Give it at least one token.");
        }
        for (int token : tokens) {
            if (token >= vocabularySize) {
                throw badRequest("the prompt has the token " + token + ", but the model knows only " + vocabularySize
                        + " tokens. Use the tokenizer.json of this model.");
            }
        }
        return tokens;
    }

    /** The part of a text that each of its tokens has. */
    private static String[] pieces(String text, int[] offsets) {
        String[] pieces = new String[offsets.length];
        int from = 0;
        for (int i = 0; i < pieces.length; i++) {
            int to = i + 1 < pieces.length
                    ? text.offsetByCodePoints(from, offsets[i + 1] - (i == 0 ? 0 : offsets[i]))
                    : text.length();
            pieces[i] = text.substring(from, to);
            from = to;
        }
        return pieces;
    }

    /** On a CPU a pass takes longer with every token; on a GPU some hundred are computed in the time of one. */
    private static Batching withPromptTokens(Batching batching, String device) {
        if (batching.promptTokens() > 0 || batching.policy() != Batching.Policy.CONTINUOUS) {
            return batching;
        }
        boolean cuda = DeviceRequest.parse(device).kind() == DeviceRequest.Kind.CUDA;
        return new Batching(
                batching.policy(),
                batching.size(),
                batching.delay(),
                cuda ? PROMPT_TOKENS_ON_CUDA : PROMPT_TOKENS_ON_CPU);
    }

    private static int contextLength(Checkpoint checkpoint, EngineSpec spec) {
        int own = checkpoint.definition().contextLength();
        int length = spec.contextLength() == 0 ? own : Math.min(spec.contextLength(), own);
        if (length < SHORTEST_CONTEXT) {
            throw new EngineException(
                    EngineException.Category.BAD_MODEL,
                    "the context length is " + length + "; a prompt and an answer need " + SHORTEST_CONTEXT
                            + " tokens at least.");
        }
        return length;
    }

    private static void requireOffered(Backend backend, String device, Precision precision) {
        DeviceRequest.Kind kind = DeviceRequest.parse(device).kind();
        Set<Precision> offered = backend.precisions(kind);
        if (!offered.contains(precision)) {
            throw new EngineException(
                    EngineException.Category.UNAVAILABLE,
                    backend.id() + " does not offer the precision " + precision + " on " + device + ". Use one of "
                            + new TreeSet<>(offered) + ".");
        }
    }

    private static Path folder(Backend backend, Checkpoint checkpoint, EngineSpec spec, String device) {
        String name =
                checkpoint.sha256().substring(0, 16) + "-" + spec.precision().id() + "-" + device.replace(':', '-');
        return spec.cacheDirectory().resolve(backend.id()).resolve(name);
    }

    /** Tensor libraries plan and allocate on the first calls of each shape; requests must not pay for that. */
    private static DecoderSession warmedUp(DecoderSession session, int rows) {
        int[] prompt = new int[Math.min(WARM_UP_TOKENS, session.contextLength() - 1)];
        List<Segment> prompts = new ArrayList<>();
        List<Segment> steps = new ArrayList<>();
        for (int slot = 0; slot < rows; slot++) {
            prompts.add(new Segment(slot, 0, prompt, Segment.Wanted.LAST));
            steps.add(Segment.next(slot, prompt.length, 0));
        }
        try {
            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                session.forward(prompts);
                session.forward(steps);
                session.forward(steps.subList(0, 1));
            }
            return session;
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    private static EngineException badRequest(String message) {
        return new EngineException(EngineException.Category.BAD_REQUEST, message);
    }
}
