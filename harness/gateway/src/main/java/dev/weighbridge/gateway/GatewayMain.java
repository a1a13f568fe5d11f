package dev.weighbridge.gateway;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** A gateway as a process of its own, until it is ended: {@code GatewayMain PORT UPSTREAM FILE}. */
public final class GatewayMain {
    private GatewayMain() {}

    /** Serves for as long as the process lives; what is wrong with the arguments ends it with 2. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 3) {
            System.err.println("usage: GatewayMain PORT UPSTREAM FILE");
            System.exit(2);
        }
        try {
            GatewayFile file = GatewayFile.read(Path.of(arguments[2]), System::getenv);
            Gateway.Options options =
                    Gateway.Options.before(URI.create(arguments[1])).at(Integer.parseInt(arguments[0]));
            Gateway gateway = Gateway.start(options, file.stages());
            System.out.println(
                    "gateway " + gateway.endpoint() + " before " + options.upstream() + " (" + file.id() + ")");
            Thread.currentThread().join();
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }
}
