package dev.weighbridge.load.calibration;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAI-like completions server without a model: it answers every request with the same stream of one-token chunks,
 * a usage chunk and the end mark, either all at once or paced. Listens on the loopback address only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails ends its connection, and no one waits for either.
public final class NullStreamingServer implements AutoCloseable {
    private static final String EVENT = "data: {\"id\":\"cmpl-0\",\"object\":\"text_completion\",\"created\":0,"
            + "\"model\":\"null\",\"choices\":[{\"index\":0,\"text\":\" tok\",\"logprobs\":null,"
            + "\"finish_reason\":null}]}\n\n";
    private static final Pattern PROMPT = Pattern.compile("\"prompt\":\"(\\d{1,9})\"");
    private static final String HEAD =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

    private final EventLoopGroup loops;
    private final Channel channel;
    private final LongAdder requests = new LongAdder();
    private final LongAdder connections = new LongAdder();

    private volatile @Nullable Stamps stamps;
    private final int tokens;
    private final long firstNanos;
    private final long gapNanos;
    private final List<ByteBuf> memory = new ArrayList<>();
    private final ByteBuf head = direct(HEAD);
    private final ByteBuf event = direct(chunk(EVENT));
    private final ByteBuf tail;
    private final ByteBuf whole;

    private NullStreamingServer(int tokens, Duration timeToFirst, Duration gap) {
        this.tokens = tokens;
        firstNanos = timeToFirst.toNanos();
        gapNanos = gap.toNanos();
        String end = chunk("data: {\"id\":\"cmpl-0\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,"
                        + "\"completion_tokens\":" + tokens + ",\"total_tokens\":" + (tokens + 1) + "}}\n\n")
                + chunk("data: [DONE]\n\n") + "0\r\n\r\n";
        tail = direct(end);
        whole = direct(HEAD + chunk(EVENT).repeat(tokens) + end);
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends ServerChannel> type = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        loops = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("null-server", true), handlers);
        try {
            channel = new ServerBootstrap()
                    .group(loops)
                    .channel(type)
                    .option(ChannelOption.SO_BACKLOG, 1024)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel accepted) {
                            connections.increment();
                            accepted.pipeline().addLast(new HttpRequestDecoder(), new Answers());
                        }
                    })
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .syncUninterruptibly()
                    .channel();
        } catch (RuntimeException e) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
    }

    /**
     * Starts a server on a free port.
     *
     * @param tokens chunks with output in each answer; at least 1
     * @param timeToFirst from the end of a request to its first chunk
     * @param gap between chunks; when both are zero the whole answer is written at once
     */
    public static NullStreamingServer start(int tokens, Duration timeToFirst, Duration gap) {
        if (tokens < 1 || tokens > 100_000 || timeToFirst.isNegative() || gap.isNegative()) {
            throw new IllegalArgumentException("a null server needs 1 to 100000 tokens and times of 0 or more, got: "
                    + tokens + ", " + timeToFirst + ", " + gap);
        }
        return new NullStreamingServer(tokens, timeToFirst, gap);
    }

    /** Takes the server's own stamps; called on its one loop. */
    @FunctionalInterface
    public interface Stamps {
        /**
         * A chunk is about to be written.
         *
         * @param prompt number that was sent as the prompt
         * @param chunk number of the chunk from 0
         * @param nanos in the clock of {@link System#nanoTime}
         */
        void written(int prompt, int chunk, long nanos);
    }

    /**
     * Starts a server that notes when it writes each chunk of an answer to a prompt that is a number. Only for paced answers.
     *
     * @param stamps takes them
     */
    public static NullStreamingServer start(int tokens, Duration timeToFirst, Duration gap, Stamps stamps) {
        NullStreamingServer server = start(tokens, timeToFirst, gap);
        server.stamps = stamps;
        return server;
    }

    /** Base address without a path. */
    public URI endpoint() {
        InetSocketAddress address = (InetSocketAddress) channel.localAddress();
        return URI.create("http://127.0.0.1:" + address.getPort());
    }

    /** Requests read so far. */
    public long requests() {
        return requests.sum();
    }

    /** Connections accepted so far. */
    public long connections() {
        return connections.sum();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        memory.forEach(ByteBuf::release);
        memory.clear();
    }

    private static String chunk(String event) {
        return Integer.toHexString(event.length()) + "\r\n" + event + "\r\n";
    }

    /** Memory that outlives each write and is given back by {@link #close}. */
    private ByteBuf direct(String ascii) {
        byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
        ByteBuf buffer = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
        memory.add(buffer);
        return Unpooled.unreleasableBuffer(buffer);
    }

    private final class Answers extends SimpleChannelInboundHandler<HttpObject> {
        private int prompt = -1;

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
            if (stamps != null && message instanceof HttpContent content) {
                prompt = number(content.content());
            }
            if (!(message instanceof LastHttpContent)) {
                return;
            }
            requests.increment();
            if (firstNanos == 0 && gapNanos == 0) {
                context.write(whole.duplicate());
            } else {
                context.writeAndFlush(head.duplicate());
                pace(context, 0, System.nanoTime() + firstNanos);
            }
        }

        /** The prompt of a body, which is one number; what it was before where the body goes on without one. */
        private int number(ByteBuf body) {
            Matcher matcher = PROMPT.matcher(body.toString(StandardCharsets.UTF_8));
            return matcher.find() ? Integer.parseInt(matcher.group(1)) : prompt;
        }

        private void pace(ChannelHandlerContext context, int sent, long due) {
            long wait = due - System.nanoTime();
            context.executor().schedule(() -> paced(context, sent, due), Math.max(0, wait), TimeUnit.NANOSECONDS);
        }

        private void paced(ChannelHandlerContext context, int sent, long due) {
            if (!context.channel().isActive()) {
                return;
            }
            Stamps noted = stamps;
            if (noted != null) {
                noted.written(prompt, sent, System.nanoTime());
            }
            if (sent + 1 < tokens) {
                context.writeAndFlush(event.duplicate());
                pace(context, sent + 1, due + gapNanos);
            } else {
                context.write(event.duplicate());
                context.writeAndFlush(tail.duplicate());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
