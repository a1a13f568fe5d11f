package dev.weighbridge.cli;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.gateway.Gateway;
import dev.weighbridge.gateway.GatewayFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stands before a server. */
@Command(
        name = "gateway",
        description = {
            "Stand before an OpenAI-compatible server until interrupted, with the guards and the cache that a file asks for. Its counters are at"
                    + " /weighbridge/gateway."
        },
        footer = {
            "",
            "Example:",
            "  weighbridge gateway http://127.0.0.1:8000 --file harness/studies/gateways/guarded.yaml --port 8090"
        })
final class GatewayCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "URL", description = "Base address of the server, without /v1.")
    private URI upstream = URI.create("");

    @Option(names = "--file", paramLabel = "FILE", required = true, description = "What it does: guards, cache.")
    private Path file = Path.of("");

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port to listen on; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
    private int port = 8090;

    GatewayCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionValue.within("--port", port, 0, 65_535);
        Gateway.Options options;
        GatewayFile what;
        try {
            options = Gateway.Options.before(upstream).at(port);
            what = GatewayFile.read(file, System::getenv);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
        try (Gateway gateway = Gateway.start(options, what.stages())) {
            terminal.line("gateway " + gateway.endpoint() + " before " + upstream + " (" + what.id() + ")");
            Thread.currentThread().join();
        }
        return ExitCode.GOOD;
    }
}
