package dev.weighbridge.engines.triton;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.ProxySettings;
import dev.weighbridge.engines.openai.PlainText;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server over gRPC. Format: see {@link InferenceMessages}. */
final class GrpcTransport implements Transport {
    /** Of one message of a server. */
    static final int MESSAGE_BYTES = 64 << 20;

    private static final String SERVICE = "inference.GRPCInferenceService";
    private static final Duration TIME_TO_END = Duration.ofSeconds(2);

    private final String address;
    private final Duration patience;
    private final ManagedChannel connection;
    private final Channel channel;

    /** Bytes as they are: what is in them is read where a failure can be told. */
    static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException("a message could not be read", e);
            }
        }
    }

    private static final MethodDescriptor<byte[], byte[]> SERVER_LIVE = method("ServerLive", MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> SERVER_READY = method("ServerReady", MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> MODEL_READY = method("ModelReady", MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> SERVER_METADATA = method("ServerMetadata", MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> MODEL_METADATA = method("ModelMetadata", MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> REPOSITORY_INDEX =
            method("RepositoryIndex", MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> MODEL_INFER = method("ModelInfer", MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> MODEL_STREAM_INFER =
            method("ModelStreamInfer", MethodType.BIDI_STREAMING);

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
    }

    /**
     * A server that nothing was asked of yet.
     *
     * @param address host and port
     * @param secured whether by TLS
     * @param headers that go with every call
     * @param patience longest time without a response of a stream, and longest time of any other call
     */
    GrpcTransport(String address, boolean secured, Map<String, String> headers, Duration patience) {
        ProxySettings.current()
                .of(URI.create((secured ? "https://" : "http://") + address))
                .ifPresent(proxy -> {
                    throw new EngineException(
                            EngineException.Category.BAD_REQUEST,
                            "gRPC to " + address + " does not go through the proxy " + proxy
                                    + ". Add the host to NO_PROXY, or set the option 'protocol' to http");
                });
        this.address = address;
        this.patience = patience;
        ChannelCredentials credentials = secured ? TlsChannelCredentials.create() : InsecureChannelCredentials.create();
        connection = Grpc.newChannelBuilder("dns:///" + address, credentials)
                .maxInboundMessageSize(MESSAGE_BYTES)
                .disableRetry()
                .userAgent("weighbridge")
                .build();
        channel =
                ClientInterceptors.intercept(connection, MetadataUtils.newAttachHeadersInterceptor(metadata(headers)));
    }

    private static Metadata metadata(Map<String, String> headers) {
        Metadata metadata = new Metadata();
        headers.forEach((name, value) -> {
            try {
                metadata.put(Metadata.Key.of(name.toLowerCase(Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER), value);
            } catch (IllegalArgumentException e) {
                throw new EngineException(
                        Category.BAD_REQUEST, "header " + PlainText.bounded(name, 100) + " cannot go over gRPC", null);
            }
        });
        return metadata;
    }

    @Override
    public ServerDescription server() {
        return read("server metadata", unary(SERVER_METADATA, InferenceMessages.empty()), InferenceMessages::server);
    }

    @Override
    public boolean serverReady() {
        return ready(SERVER_LIVE, InferenceMessages.empty()) && ready(SERVER_READY, InferenceMessages.empty());
    }

    @Override
    public boolean modelReady(Model model) {
        return ready(MODEL_READY, InferenceMessages.modelRequest(model));
    }

    private boolean ready(MethodDescriptor<byte[], byte[]> method, byte[] request) {
        return read("readiness", unary(method, request), InferenceMessages::truth);
    }

    @Override
    public List<String> models() {
        try {
            return read(
                    "index of models",
                    unary(REPOSITORY_INDEX, InferenceMessages.readyModelsRequest()),
                    InferenceMessages::models);
        } catch (EngineException e) {
            if (e.category() == Category.BAD_REQUEST) {
                return List.of();
            }
            throw e;
        }
    }

    @Override
    public ModelDescription model(Model model) {
        return read(
                "model metadata",
                unary(MODEL_METADATA, InferenceMessages.modelRequest(model)),
                InferenceMessages::model);
    }

    @Override
    public Responses ask(Model model, Question question, boolean streamed) {
        byte[] request = InferenceMessages.inferRequest(model, question, streamed);
        if (!streamed) {
            return new HttpTransport.Single(read("answer", unary(MODEL_INFER, request), InferenceMessages::response));
        }
        return new Stream(request);
    }

    /** Makes something of a message. */
    @FunctionalInterface
    private interface Parser<T> {
        T parse(byte[] message) throws IOException;
    }

    private <T> T read(String what, byte[] message, Parser<T> parser) {
        try {
            return parser.parse(message);
        } catch (IOException e) {
            throw malformed(what, e);
        }
    }

    private byte[] unary(MethodDescriptor<byte[], byte[]> method, byte[] request) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(patience.toNanos(), TimeUnit.NANOSECONDS);
        try {
            return ClientCalls.blockingUnaryCall(channel, method, options, request);
        } catch (StatusRuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw interrupted();
            }
            throw failure(e.getStatus());
        }
    }

    /** What became of a call, by its status. */
    private EngineException failure(Status status) {
        String told = "gRPC " + status.getCode()
                + (status.getDescription() == null ? "" : ": " + PlainText.bounded(status.getDescription(), 500));
        return switch (status.getCode()) {
            case INVALID_ARGUMENT, NOT_FOUND, OUT_OF_RANGE, UNIMPLEMENTED, ALREADY_EXISTS ->
                new EngineException(Category.BAD_REQUEST, "the server at " + address + " answered " + told);
            case DEADLINE_EXCEEDED -> timedOut();
            case UNAVAILABLE -> lost(told, status);
            // A call that is begun while the connection is being closed ends as unknown, with the closing as its cause.
            default ->
                status.getCause() instanceof IOException
                        ? lost(told, status)
                        : new EngineException(Category.FAILED, "the server at " + address + " answered " + told);
        };
    }

    private EngineException lost(String told, Status status) {
        return new EngineException(
                Category.FAILED,
                "the connection to " + address + " was lost: " + told,
                new IOException(told, status.getCause()));
    }

    private EngineException timedOut() {
        return new EngineException(
                Category.TIMED_OUT, "the server at " + address + " sent nothing for " + patience.toSeconds() + " s");
    }

    private static EngineException interrupted() {
        Thread.currentThread().interrupt();
        return new EngineException(Category.FAILED, "interrupted while waiting for an answer");
    }

    private EngineException malformed(String what, IOException cause) {
        // Without the cause, which would be taken for a lost connection.
        return new EngineException(
                Category.FAILED,
                "the server at " + address + " sent a malformed " + what + ": "
                        + PlainText.bounded(String.valueOf(cause.getMessage()), 200));
    }

    @Override
    public void close() {
        connection.shutdownNow();
        try {
            boolean unused = connection.awaitTermination(TIME_TO_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The responses of one stream, of which one at a time is asked for, so that what is held stays bounded. Each request has a stream of
     * its own: another one's failure is none of its.
     */
    private final class Stream extends ClientCall.Listener<byte[]> implements Responses {
        private final ClientCall<byte[], byte[]> call = channel.newCall(MODEL_STREAM_INFER, CallOptions.DEFAULT);
        private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
        private boolean whole;

        /** A message, or how the stream ended. */
        private record Item(
                byte @Nullable [] message, @Nullable Status status) {}

        Stream(byte[] request) {
            call.start(this, new Metadata());
            call.sendMessage(request);
            call.halfClose();
        }

        @Override
        public void onMessage(byte[] message) {
            items.add(new Item(message, null));
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            items.add(new Item(null, status));
        }

        @Override
        public @Nullable Response next() {
            if (whole) {
                return null;
            }
            Item item = await();
            byte[] message = item.message();
            if (message == null) {
                whole = true;
                Status status = item.status();
                if (status != null && !status.isOk()) {
                    throw failure(status);
                }
                return null;
            }
            InferenceMessages.Streamed streamed = read("response", message, InferenceMessages::streamed);
            if (!streamed.error().isEmpty()) {
                throw new EngineException(
                        Category.FAILED,
                        "the model failed while it answered: " + PlainText.bounded(streamed.error(), 500));
            }
            whole = streamed.response().last();
            return streamed.response();
        }

        private Item await() {
            call.request(1);
            try {
                Item item = items.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
                if (item == null) {
                    throw timedOut();
                }
                return item;
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }

        @Override
        public void close() {
            if (!whole) {
                call.cancel("the rest is not wanted", null);
            }
        }
    }
}
