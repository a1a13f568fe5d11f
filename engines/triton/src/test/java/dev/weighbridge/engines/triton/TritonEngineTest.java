package dev.weighbridge.engines.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.Batching;
import dev.weighbridge.api.Completion;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.GenerationRequest.Sampling;
import dev.weighbridge.api.LogitsEngine;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.ServerTarget;
import dev.weighbridge.api.TokenListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every engine keeps, held against a small server by each way of asking it. */
class TritonEngineTest {
    private final TritonEngineProvider provider = new TritonEngineProvider();

    @TempDir
    private Path folder;

    private EngineSpec spec(ServerTarget target) {
        return new EngineSpec(
                folder,
                Precision.FP32,
                Batching.none(),
                DeviceRequest.AUTO,
                1,
                128,
                folder,
                folder.resolve("server.log"),
                Optional.of(target));
    }

    private static ServerTarget target(SmallTriton server, @Nullable String model, Map<String, String> options) {
        Map<String, String> all = new HashMap<>(options);
        all.put("grpc-address", server.grpcAddress());
        return new ServerTarget(
                server.httpAddress(),
                Optional.empty(),
                model,
                Endpoint.KSERVE,
                null,
                Map.of("X-Team", "blue"),
                Map.of(),
                null,
                all);
    }

    private Engine open(SmallTriton server, String protocol, String call) {
        return provider.open(spec(target(server, null, Map.of("protocol", protocol, "call", call))));
    }

    private static GenerationRequest greedy(String prompt, int tokens, String... stops) {
        return new GenerationRequest(prompt, tokens, Sampling.GREEDY, List.of(stops));
    }

    @ParameterizedTest
    @CsvSource({"http,stream", "grpc,stream", "http,infer", "grpc,infer"})
    void piecesConcatenateToTheTextOnTheCallingThreadAndTokensAreTheModels(String protocol, String call)
            throws Exception {
        try (SmallTriton server = new SmallTriton();
                Engine engine = open(server, protocol, call)) {
            List<String> pieces = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            Completion completion = engine.generate(greedy("Once", 9), piece -> {
                pieces.add(piece);
                threads.add(Thread.currentThread());
            });

            assertThat(completion.text().codePointCount(0, completion.text().length()))
                    .isEqualTo(9);
            assertThat(completion.text()).doesNotContain("\uFFFD");
            assertThat(String.join("", pieces)).isEqualTo(completion.text());
            assertThat(pieces).doesNotContain("").hasSize(call.equals("stream") ? 9 : 1);
            assertThat(threads).containsOnly(Thread.currentThread());
            assertThat(completion.outputTokens()).isEqualTo(9);
            assertThat(completion.promptTokens()).isEqualTo(protocol.equals("http") && call.equals("stream") ? 3 : -1);
            assertThat(completion.finishReason()).isEqualTo(Completion.FinishReason.LENGTH);
            assertThat(engine.info().version()).isEqualTo("2.51.0");
            assertThat(engine.info().modelName()).isEqualTo("small");
        }
    }

    @Test
    void bothProtocolsAndCallsGiveTheSameAnswer() throws Exception {
        List<String> answers = new ArrayList<>();
        try (SmallTriton server = new SmallTriton()) {
            for (String way : List.of("http stream", "grpc stream", "http infer", "grpc infer")) {
                try (Engine engine = open(server, way.split(" ", -1)[0], way.split(" ", -1)[1])) {
                    answers.add(engine.generate(greedy("Once", 12), TokenListener.NONE)
                            .text());
                }
            }
        }
        assertThat(answers).hasSize(4);
        assertThat(answers.stream().distinct()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"http", "grpc"})
    void anAnswerEndsBeforeAStopTextWhetherTheServerKnowsItOrNot(String protocol) throws Exception {
        try (SmallTriton server = new SmallTriton();
                Engine engine = open(server, protocol, "stream")) {
            String whole =
                    engine.generate(greedy("Once", 12), TokenListener.NONE).text();
            String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 3);
            List<String> pieces = new ArrayList<>();
            Completion completion = engine.generate(greedy("Once", 12, stop, "never"), pieces::add);

            assertThat(completion.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
            assertThat(String.join("", pieces)).isEqualTo(completion.text());
            assertThat(completion.finishReason()).isEqualTo(Completion.FinishReason.STOP);
            assertThat(server.lastAsked()).containsEntry("stop_words", List.of(stop, "never"));
        }
    }

    @ParameterizedTest
    @CsvSource({"http", "grpc"})
    void samplingGoesToTheModelsInputsAndASeedMakesItRepeatable(String protocol) throws Exception {
        try (SmallTriton server = new SmallTriton();
                Engine engine = open(server, protocol, "stream")) {
            GenerationRequest seeded = new GenerationRequest("Once", 12, new Sampling(0.5, 7, 1, 99L), List.of());
            String first = engine.generate(seeded, TokenListener.NONE).text();

            assertThat(engine.generate(seeded, TokenListener.NONE).text()).isEqualTo(first);
            assertThat(((Number) server.lastAsked().get("temperature")).doubleValue())
                    .isEqualTo(0.5);
            assertThat(((Number) server.lastAsked().get("top_k")).intValue()).isEqualTo(7);
            assertThat(((Number) server.lastAsked().get("random_seed")).longValue())
                    .isEqualTo(99);
            assertThat(server.lastAsked()).containsEntry("stream", true);
            assertThat(engine.generate(greedy("Once", 12), TokenListener.NONE).text())
                    .isNotEqualTo(first);
            assertThat(((Number) server.lastAsked().get("top_k")).intValue()).isEqualTo(1);
            assertThat(server.lastAsked()).doesNotContainKey("temperature");
        }
    }

    @Test
    void samplingThatTheModelHasNoInputForIsRefused() throws Exception {
        try (SmallTriton server = new SmallTriton();
                Engine engine = open(server, "http", "stream")) {
            GenerationRequest nucleus = new GenerationRequest("Once", 4, new Sampling(0.5, 0, 0.9, 1L), List.of());

            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(() -> engine.generate(nucleus, TokenListener.NONE))
                    .withMessageContaining("has no input top_p")
                    .withMessageContaining("random_seed UINT64[1]")
                    .extracting(EngineException::category)
                    .isEqualTo(Category.BAD_REQUEST);
        }
    }

    @ParameterizedTest
    @CsvSource({"http", "grpc"})
    void aModelOfTheVllmBackendIsToldItsSamplingAsOneObject(String protocol) throws Exception {
        try (SmallTriton server = new SmallTriton("vllm");
                Engine engine = open(server, protocol, "stream")) {
            GenerationRequest request =
                    new GenerationRequest("Once", 5, new Sampling(0.5, 7, 0.9, 99L), List.of("END"));

            assertThat(engine.generate(request, TokenListener.NONE).outputTokens())
                    .isEqualTo(5);
            assertThat(server.lastAsked())
                    .containsEntry(
                            "sampling_parameters",
                            "{\"max_tokens\":5,\"temperature\":0.5,\"top_p\":0.9,\"top_k\":7,\"seed\":99,\"stop\":[\"END\"]}")
                    .containsEntry("exclude_input_in_output", true)
                    .containsEntry("return_num_output_tokens", true);
        }
    }

    @ParameterizedTest
    @CsvSource({"http", "grpc"})
    void tokensThatAModelDoesNotCountAreNotGuessed(String protocol) throws Exception {
        try (SmallTriton server = new SmallTriton("uncounted");
                Engine engine = open(server, protocol, "stream")) {
            Completion completion = engine.generate(greedy("Once", 5), TokenListener.NONE);

            assertThat(completion.outputTokens()).isEqualTo(-1);
            assertThat(completion.promptTokens()).isEqualTo(-1);
            assertThat(engine.info().details()).containsEntry("token_counts", "none: the model has no such output");
        }
    }

    @ParameterizedTest
    @CsvSource({"http", "grpc"})
    void concurrentRequestsAgreeWithSingleOnes(String protocol) throws Exception {
        List<String> prompts = List.of("A", "The", "He", "Once", "There", "x");
        ExecutorService users = Executors.newFixedThreadPool(prompts.size());
        try (SmallTriton server = new SmallTriton();
                Engine engine = open(server, protocol, "stream")) {
            List<String> alone = prompts.stream()
                    .map(prompt -> engine.generate(greedy(prompt, 20), TokenListener.NONE)
                            .text())
                    .toList();
            List<Future<String>> together = prompts.stream()
                    .map(prompt -> users.submit(() -> engine.generate(greedy(prompt, 20), TokenListener.NONE)
                            .text()))
                    .toList();
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(together.get(i).get()).isEqualTo(alone.get(i));
            }
        } finally {
            users.shutdownNow();
        }
    }

    @Test
    void oneThatStreamsOverHttpTakesALoadAndNoOtherDoes() throws Exception {
        try (SmallTriton server = new SmallTriton()) {
            try (Engine engine = open(server, "http", "stream")) {
                assertThat(engine).isInstanceOf(EndpointEngine.class);
                Endpoint endpoint = ((EndpointEngine) engine).endpoint();
                assertThat(endpoint.protocol()).isEqualTo("kserve");
                assertThat(endpoint.model()).isEqualTo("small");
                assertThat(endpoint.headers()).containsEntry("X-Team", "blue");
                assertThat(endpoint.body()).containsEntry("top_k", 1L).containsEntry("temperature", Endpoint.OMITTED);
            }
            try (Engine engine = open(server, "grpc", "stream")) {
                assertThat(engine).isNotInstanceOf(EndpointEngine.class);
                assertThat(engine.info().details())
                        .containsEntry("load", "none: loads go over HTTP, this engine is asked over gRPC");
            }
            try (Engine engine = open(server, "http", "infer")) {
                assertThat(engine).isNotInstanceOf(EndpointEngine.class);
            }
        }
    }

    @Test
    void noneScoresAndTheCapabilitiesAndTheRecordSaySo() throws Exception {
        assertThat(provider.capabilities().scores()).isFalse();
        assertThat(provider.capabilities().logits()).isFalse();
        assertThat(provider.probe()).isInstanceOf(Availability.Available.class);
        try (SmallTriton server = new SmallTriton();
                Engine engine = open(server, "http", "stream")) {
            assertThat(engine).isNotInstanceOf(ScoringEngine.class).isNotInstanceOf(LogitsEngine.class);
            assertThat(engine.info().details().get("scoring")).startsWith("none");
            assertThat(engine.info().details())
                    .containsEntry("no_input_for", "top_p")
                    .containsEntry("option protocol", "http");
        }
    }

    @Test
    void aClosedEngineRefusesAndClosingTwiceHasNoEffect() throws Exception {
        try (SmallTriton server = new SmallTriton()) {
            for (String protocol : List.of("http", "grpc")) {
                Engine engine = open(server, protocol, "stream");
                engine.close();
                engine.close();
                assertThatExceptionOfType(EngineException.class)
                        .isThrownBy(() -> engine.generate(greedy("Once", 1), TokenListener.NONE))
                        .withMessageContaining("closed");
            }
        }
    }

    @Test
    void aServerThatIsNotTritonIsAskedForWholeAnswers() throws Exception {
        try (SmallTriton server = new SmallTriton("plain");
                Engine engine = provider.open(spec(target(server, "small", Map.of())))) {
            assertThat(engine.info().details()).containsEntry("call", "infer").containsEntry("server", "other");
            assertThat(engine.generate(greedy("Once", 4), TokenListener.NONE).outputTokens())
                    .isEqualTo(4);
        }
    }

    @ParameterizedTest
    @CsvSource({"http", "grpc"})
    void tensorsMayHaveOtherNames(String protocol) throws Exception {
        Map<String, String> names =
                Map.of("protocol", protocol, "text-input", "PROMPT", "max-tokens", "LENGTH", "text-output", "ANSWER");
        try (SmallTriton server = new SmallTriton("renamed");
                Engine engine = provider.open(spec(target(server, "small", names)))) {
            assertThat(engine.generate(greedy("Once", 4), TokenListener.NONE).text())
                    .isNotEmpty();
            if (engine instanceof EndpointEngine served) {
                assertThat(served.endpoint().names())
                        .containsEntry("text_input", "PROMPT")
                        .containsEntry("text_output", "ANSWER")
                        .containsEntry("seed", "random_seed");
            }
        }
    }

    private void assertRefused(
            SmallTriton server, @Nullable String model, Map<String, String> options, String... told) {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> provider.open(spec(target(server, model, options))))
                .satisfies(e -> assertThat(e.getMessage()).contains(told));
    }

    @Test
    void whatIsWrongWithAServerOrItsOptionsIsToldWhenItIsOpened() throws Exception {
        try (SmallTriton server = new SmallTriton("renamed")) {
            assertRefused(
                    server,
                    "small",
                    Map.of(),
                    "model 'small' has no input 'text_input'",
                    "PROMPT BYTES[1], stream BOOL[1], LENGTH INT32[1]",
                    "option text-input");
            assertRefused(
                    server,
                    "small",
                    Map.of("text-input", "PROMPT", "text-output", "ANSWER"),
                    "has no input max_tokens that bounds an answer");
            assertRefused(
                    server, "small", Map.of("text-input", "prompt"), "has no input 'prompt'", "correct the option");
            assertRefused(
                    server,
                    "small",
                    Map.of("text-input", "LENGTH", "text-output", "ANSWER"),
                    "has no text in input 'LENGTH'");
            assertRefused(server, null, Map.of("protocol", "smoke"), "must be http or grpc, got: smoke");
            assertRefused(server, null, Map.of("call", "shout"), "must be stream or infer");
            assertRefused(server, null, Map.of("version", "1/../2"), "option version", "must be a number");
            assertRefused(server, "large", Map.of(), "does not serve model 'large'", "Models that are ready: small");
            assertRefused(
                    server, "large", Map.of("protocol", "grpc"), "does not serve model 'large'", "are ready: small");
        }
        try (SmallTriton server = new SmallTriton("two-models")) {
            assertRefused(server, null, Map.of(), "several models", "large, small");
        }
        for (String protocol : List.of("http", "grpc")) {
            try (SmallTriton server = new SmallTriton("not-ready")) {
                assertRefused(server, null, Map.of("protocol", protocol), "is not ready");
            }
            try (SmallTriton server = new SmallTriton("model-not-ready")) {
                assertRefused(server, null, Map.of("protocol", protocol), "model 'small' is not ready");
            }
        }
    }

    @Test
    void otherProtocolsAndAddressesAreRefused() {
        ServerTarget openai = ServerTarget.running("http://127.0.0.1:9", null);
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> provider.open(spec(openai)))
                .withMessageContaining("does not speak protocol 'openai-completions'. Use kserve");
        ServerTarget strange = new ServerTarget(
                "http://127.0.0.1:9",
                Optional.empty(),
                null,
                Endpoint.KSERVE,
                null,
                Map.of(),
                Map.of(),
                null,
                Map.of("protocol", "grpc", "grpc-address", "unix:///tmp/socket"));
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> provider.open(spec(strange)))
                .withMessageContaining("must be a host and a port");
    }

    @Test
    void furtherFieldsReplaceOursOrTakeThemAway() throws Exception {
        try (SmallTriton server = new SmallTriton()) {
            ServerTarget plain = target(server, null, Map.of());
            for (String protocol : List.of("http", "grpc")) {
                Map<String, String> options = new HashMap<>(plain.options());
                options.put("protocol", protocol);
                ServerTarget more = new ServerTarget(
                        plain.address(),
                        Optional.empty(),
                        null,
                        Endpoint.KSERVE,
                        null,
                        Map.of(),
                        Map.of("stream", Endpoint.OMITTED, "temperature", 2L),
                        null,
                        options);
                try (Engine engine = provider.open(spec(more))) {
                    engine.generate(greedy("Once", 2), TokenListener.NONE);
                    assertThat(server.lastAsked()).doesNotContainKey("stream");
                    assertThat(((Number) server.lastAsked().get("temperature")).doubleValue())
                            .isEqualTo(2);
                }
            }
        }
    }
}
