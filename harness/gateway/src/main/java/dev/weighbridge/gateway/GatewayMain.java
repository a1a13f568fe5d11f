package dev.weighbridge.gateway;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/**
 * A gateway as a process of its own: {@code GatewayMain UPSTREAM FILE}. It prints {@value #READY} and its address once it serves, and
 * ends when its standard input does.
 */
public final class GatewayMain {
    /** What stands before the address on the one line that is printed. */
    public static final String READY = "ready ";

    private GatewayMain() {}

    /** Runs until standard input ends. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: GatewayMain UPSTREAM FILE");
            System.exit(2);
        }
        try {
            GatewayFile file = GatewayFile.read(Path.of(arguments[1]), System::getenv);
            Gateway.Options options = Gateway.Options.before(URI.create(arguments[0]));
            try (Gateway gateway = Gateway.start(options, file.stages())) {
                System.out.println(READY + gateway.endpoint());
                while (System.in.read() >= 0) {
                    // Whatever comes means nothing; its end does.
                }
            }
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
        System.exit(0);
    }
}
