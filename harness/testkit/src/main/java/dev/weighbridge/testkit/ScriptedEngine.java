package dev.weighbridge.testkit;

import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.LogitsEngine;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.TokenListener;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An engine that answers from functions a test supplies. A token of it is a word with the white space before it.
 *
 * <p>{@link #answering} gives one whose scores and logits are derived from the text alone, so that two engines with the
 * same script agree; the {@code with…} methods return changed copies.
 */
public final class ScriptedEngine implements ScoringEngine, LogitsEngine, EndpointEngine {
    /** Endpoint of an engine that was given none; nothing listens there. */
    public static final URI NO_ENDPOINT = URI.create("http://127.0.0.1:9");

    private static final Pattern WORD = Pattern.compile("\\s*\\S+|\\s+$");
    private static final int VOCABULARY = 16;

    private final EngineInfo info;
    private final Function<GenerationRequest, String> answers;
    private final BiFunction<String, String, Score> scores;
    private final Function<String, Logits> logits;
    private final URI endpoint;
    private final @Nullable EngineException end;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger closes = new AtomicInteger();

    private ScriptedEngine(
            EngineInfo info,
            Function<GenerationRequest, String> answers,
            BiFunction<String, String, Score> scores,
            Function<String, Logits> logits,
            URI endpoint,
            @Nullable EngineException end) {
        this.info = info;
        this.answers = answers;
        this.scores = scores;
        this.logits = logits;
        this.endpoint = endpoint;
        this.end = end;
    }

    /**
     * An engine for a spec, as a provider would open it.
     *
     * @param answers text for each request, before stop texts and the token limit are applied
     */
    public static ScriptedEngine answering(
            String engineId, EngineSpec spec, Function<GenerationRequest, String> answers) {
        EngineInfo info = new EngineInfo(
                engineId,
                "scripted",
                spec.device().id(),
                spec.precision(),
                String.valueOf(spec.model().getFileName()),
                spec.contextLength() == 0 ? 2048 : spec.contextLength(),
                Map.of());
        return new ScriptedEngine(
                info,
                answers,
                (context, continuation) -> scoreByAnswer(answers, context, continuation),
                ScriptedEngine::logitsOfWords,
                NO_ENDPOINT,
                null);
    }

    /** An engine that answers from a map of prompts and refuses a prompt that is not in it. */
    public static ScriptedEngine answering(String engineId, EngineSpec spec, Map<String, String> answers) {
        Map<String, String> script = Map.copyOf(answers);
        return answering(engineId, spec, request -> {
            String answer = script.get(request.prompt());
            if (answer == null) {
                throw new EngineException(
                        EngineException.Category.BAD_REQUEST, "the script has no answer to: " + request.prompt());
            }
            return answer;
        });
    }

    public ScriptedEngine withScores(BiFunction<String, String, Score> function) {
        return new ScriptedEngine(info, answers, function, logits, endpoint, end);
    }

    public ScriptedEngine withLogits(Function<String, Logits> function) {
        return new ScriptedEngine(info, answers, scores, function, endpoint, end);
    }

    public ScriptedEngine withEndpoint(URI address) {
        return new ScriptedEngine(info, answers, scores, logits, address, end);
    }

    /** One that is found to have ended by whoever makes sure that it runs. */
    public ScriptedEngine withEnd(EngineException reason) {
        return new ScriptedEngine(info, answers, scores, logits, endpoint, reason);
    }

    /** How many requests of any kind it took. */
    public int calls() {
        return calls.get();
    }

    public boolean closed() {
        return closes.get() > 0;
    }

    @Override
    public EngineInfo info() {
        return info;
    }

    @Override
    public Completion generate(GenerationRequest request, TokenListener listener) {
        enter();
        String full = answers.apply(request);
        String text = cutAtStop(full, request.stop());
        List<String> words = words(text);
        boolean limited = words.size() > request.maxTokens();
        List<String> said = limited ? words.subList(0, request.maxTokens()) : words;
        said.forEach(listener::onText);
        return new Completion(
                String.join("", said),
                words(request.prompt()).size(),
                said.size(),
                limited ? Completion.FinishReason.LENGTH : Completion.FinishReason.STOP);
    }

    @Override
    public List<Score> score(String context, List<String> continuations) {
        enter();
        return continuations.stream()
                .map(continuation -> scores.apply(context, continuation))
                .toList();
    }

    @Override
    public Logits logits(String text) {
        enter();
        return logits.apply(text);
    }

    @Override
    public List<String> vocabulary() {
        return IntStream.range(0, VOCABULARY).mapToObj(id -> "t" + id).toList();
    }

    @Override
    public Endpoint endpoint() {
        return Endpoint.of(endpoint, info().modelName());
    }

    @Override
    public OptionalLong processId() {
        return OptionalLong.empty();
    }

    @Override
    public void requireRunning() {
        if (end != null) {
            throw end;
        }
    }

    @Override
    public void close() {
        closes.incrementAndGet();
    }

    private void enter() {
        calls.incrementAndGet();
        if (closed()) {
            throw new EngineException(EngineException.Category.FAILED, "engine " + info.engineId() + " is closed");
        }
    }

    private static String cutAtStop(String text, List<String> stops) {
        int end = text.length();
        for (String stop : stops) {
            int at = text.indexOf(stop);
            if (at >= 0) {
                end = Math.min(end, at);
            }
        }
        return text.substring(0, end);
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            words.add(matcher.group());
        }
        return words;
    }

    /** A letter of the scripted answer costs a hundredth of a nat, any other letter a tenth. */
    private static Score scoreByAnswer(
            Function<GenerationRequest, String> answers, String context, String continuation) {
        int tokens = Math.max(1, words(continuation).size());
        GenerationRequest request =
                new GenerationRequest(context, tokens, GenerationRequest.Sampling.GREEDY, List.of());
        boolean greedy;
        try {
            greedy = answers.apply(request).startsWith(continuation);
        } catch (EngineException unscripted) {
            greedy = false;
        }
        return new Score((greedy ? -0.01 : -0.1) * continuation.length(), tokens, greedy);
    }

    private static Logits logitsOfWords(String text) {
        int[] tokens = words(text).stream()
                .mapToInt(word -> Math.floorMod(word.hashCode(), VOCABULARY))
                .toArray();
        float[] values = new float[tokens.length * VOCABULARY];
        for (int row = 0; row < tokens.length; row++) {
            for (int column = 0; column < VOCABULARY; column++) {
                values[row * VOCABULARY + column] = (float) Math.sin(tokens[row] * 31.0 + column);
            }
        }
        return new Logits(tokens, VOCABULARY, values);
    }
}
