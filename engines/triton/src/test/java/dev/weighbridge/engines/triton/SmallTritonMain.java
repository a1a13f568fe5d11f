package dev.weighbridge.engines.triton;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/** A {@link SmallTriton} as a process of its own. Arguments: ports of HTTP and of gRPC. */
final class SmallTritonMain {
    private SmallTritonMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (SmallTriton server = new SmallTriton(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]))) {
            LoggerFactory.getLogger(SmallTritonMain.class).info("serving at {}", server.httpAddress());
            // Until it is ended.
            new CountDownLatch(1).await();
        }
    }
}
