package dev.weighbridge.engines.triton;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * A gRPC server on the loopback address whose answers a test writes, as bytes of its own making: what it sends and reads does not go
 * through the code under test.
 */
final class GrpcServer implements AutoCloseable {
    private static final String SERVICE = "inference.GRPCInferenceService";

    /** Answers one request by sending messages; returns how the call ends, or {@code null} for not at all. */
    @FunctionalInterface
    interface Script {
        Status answer(byte[] request, Answers answers) throws InterruptedException;
    }

    /** Takes the messages of an answer. */
    interface Answers {
        void send(byte[] message) throws InterruptedException;
    }

    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final Map<String, Metadata> headers = new ConcurrentHashMap<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final Server server;

    GrpcServer() throws IOException {
        this(0);
    }

    GrpcServer(int port) throws IOException {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(SERVICE);
        for (String method : List.of(
                "ServerLive",
                "ServerReady",
                "ModelReady",
                "ServerMetadata",
                "ModelMetadata",
                "RepositoryIndex",
                "ModelInfer",
                "ModelStreamInfer")) {
            MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(
                            method.equals("ModelStreamInfer")
                                    ? MethodDescriptor.MethodType.BIDI_STREAMING
                                    : MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(SERVICE + "/" + method)
                    .setRequestMarshaller(new GrpcTransport.Bytes())
                    .setResponseMarshaller(new GrpcTransport.Bytes())
                    .build();
            service.addMethod(ServerMethodDefinition.create(descriptor, handler(method)));
        }
        server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        InsecureServerCredentials.create())
                .addService(service.build())
                .build()
                .start();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    GrpcServer on(String method, Script script) {
        scripts.put(method, script);
        return this;
    }

    GrpcServer answering(String method, byte[]... messages) {
        return on(method, (request, answers) -> {
            for (byte[] message : messages) {
                answers.send(message);
            }
            return Status.OK;
        });
    }

    String header(String method, String name) {
        return headers.get(method).get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    /** Open until a client gave up a call. */
    CountDownLatch cancelled() {
        return cancelled;
    }

    private ServerCallHandler<byte[], byte[]> handler(String method) {
        return (call, metadata) -> {
            headers.put(method, metadata);
            call.request(1);
            call.sendHeaders(new Metadata());
            return new ServerCall.Listener<>() {
                private byte[] request = {};

                @Override
                public void onMessage(byte[] message) {
                    request = message;
                }

                @Override
                public void onHalfClose() {
                    Script script = scripts.get(method);
                    // A thread of its own: a script may wait for its call to be given up.
                    Thread answering = new Thread(() -> end(call, script, request), "grpc-script");
                    answering.setDaemon(true);
                    answering.start();
                }

                @Override
                public void onCancel() {
                    cancelled.countDown();
                }
            };
        };
    }

    private static void end(ServerCall<byte[], byte[]> call, Script script, byte[] request) {
        try {
            Status status = script == null
                    ? Status.UNIMPLEMENTED.withDescription("no such method")
                    : script.answer(request, call::sendMessage);
            if (status != null) {
                call.close(status, new Metadata());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            // The client has given the call up.
            return;
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    /** A message made of fields. */
    static byte[] message(Object... numbersAndValues) {
        UnknownFieldSet.Builder message = UnknownFieldSet.newBuilder();
        for (int i = 0; i < numbersAndValues.length; i += 2) {
            UnknownFieldSet.Field.Builder field = UnknownFieldSet.Field.newBuilder();
            Object value = numbersAndValues[i + 1];
            if (value instanceof byte[] bytes) {
                field.addLengthDelimited(ByteString.copyFrom(bytes));
            } else if (value instanceof String text) {
                field.addLengthDelimited(ByteString.copyFromUtf8(text));
            } else if (value instanceof Float real) {
                field.addFixed32(Float.floatToIntBits(real));
            } else if (value instanceof Boolean truth) {
                field.addVarint(truth ? 1 : 0);
            } else {
                field.addVarint(((Number) value).longValue());
            }
            message.mergeField((Integer) numbersAndValues[i], field.build());
        }
        return message.build().toByteArray();
    }

    /** The fields of a message. */
    static UnknownFieldSet fields(byte[] message) {
        try {
            return UnknownFieldSet.parseFrom(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
