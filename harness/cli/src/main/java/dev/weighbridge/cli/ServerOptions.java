package dev.weighbridge.cli;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.core.ConfigException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Options that name a server which runs already. */
final class ServerOptions {
    @Parameters(paramLabel = "URL", arity = "0..1", description = "Base address of the server.")
    private @Nullable String address;

    @Mixin
    private RemoteOptions remote = new RemoteOptions();

    /**
     * Reaches the server.
     *
     * @throws ConfigException when no address was given, or none of a server, or no adapter speaks the protocol
     */
    EndpointEngine open() throws IOException {
        if (address == null) {
            throw new ConfigException(
                    "give the address of a server, such as http://127.0.0.1:8080; --plan and --calibrate"
                            + " need none");
        }
        return remote.open(address, Endpoint.COMPLETIONS);
    }
}
