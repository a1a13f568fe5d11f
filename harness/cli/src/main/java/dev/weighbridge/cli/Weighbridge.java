package dev.weighbridge.cli;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.HttpProxy;
import dev.weighbridge.api.ProxySettings;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.results.InvalidResultException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code weighbridge} command. */
@Command(
        name = "weighbridge",
        description = "Weighs open models before they are deployed.",
        mixinStandardHelpOptions = true,
        versionProvider = Weighbridge.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", ExitCode.HELP})
public final class Weighbridge implements Runnable {
    @Spec
    private @org.jspecify.annotations.Nullable CommandSpec spec;

    private Weighbridge() {}

    @Option(
            names = "--proxy",
            paramLabel = "URL",
            scope = CommandLine.ScopeType.INHERIT,
            description =
                    "HTTP proxy for servers and the hub, such as http://proxy.example:3128, in place of HTTPS_PROXY and"
                            + " HTTP_PROXY; NO_PROXY holds all the same, and this machine itself is never reached through one. Give"
                            + " credentials by the variables, since others can see a command line.")
    void proxy(String address) {
        ProxySettings.use(ProxySettings.of(HttpProxy.parse(address, "--proxy"), System::getenv));
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Terminal terminal = Terminal.ofProcess();
        // A thread of the load generator that dies of it would leave the measurement waiting for ever.
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            if (failure instanceof OutOfMemoryError) {
                outOfMemory(terminal);
                Runtime.getRuntime().halt(ExitCode.TRIAL_FAILED);
            }
            terminal.error("unexpected " + failure + " in thread " + thread.getName());
            failure.printStackTrace(terminal.err());
        });
        System.exit(execute(commandLine(terminal), terminal, arguments));
    }

    /** Runs one command; out of memory ends with {@link ExitCode#TRIAL_FAILED}, as nothing else tells of it. */
    static int execute(CommandLine commandLine, Terminal terminal, String... arguments) {
        try {
            return commandLine.execute(arguments);
        } catch (OutOfMemoryError e) {
            return outOfMemory(terminal);
        }
    }

    private static int outOfMemory(Terminal terminal) {
        terminal.error("out of memory: the Java heap of at most "
                + (Runtime.getRuntime().maxMemory() >> 20)
                + " MiB is full. Give it more, for example with WEIGHBRIDGE_JAVA_OPTS=-Xmx2g.");
        return ExitCode.TRIAL_FAILED;
    }

    static CommandLine commandLine(Terminal terminal) {
        CommandLine commandLine = new CommandLine(new Weighbridge());
        commandLine
                .addSubcommand(new RunCommand(terminal))
                .addSubcommand(new PlanCommand(terminal))
                .addSubcommand(new ResumeCommand(terminal))
                .addSubcommand(new EvaluateCommand(terminal))
                .addSubcommand(new RescoreCommand(terminal))
                .addSubcommand(new JudgeCommand(terminal))
                .addSubcommand(new FeedbackCommand(terminal))
                .addSubcommand(DatasetsCommand.withCommands(terminal))
                .addSubcommand(new LoadCommand(terminal))
                .addSubcommand(new ServeCommand(terminal))
                .addSubcommand(new MakeCheckpointCommand(terminal))
                .addSubcommand(new ReportCommand(terminal))
                .addSubcommand(new DecideCommand(terminal))
                .addSubcommand(new PublishCommand(terminal))
                .addSubcommand(new ImportCommand(terminal))
                .addSubcommand(new ExportCommand(terminal))
                .addSubcommand(new GatewayCommand(terminal))
                .addSubcommand(new CacheTrialCommand(terminal))
                .addSubcommand(new GuardTrialCommand(terminal))
                .addSubcommand(new MergeHistogramsCommand(terminal))
                .addSubcommand(new MergeLoadsCommand(terminal))
                .addSubcommand(new EnginesCommand(terminal))
                .addSubcommand(new DoctorCommand(terminal))
                .addSubcommand(new HelpCommand());
        commandLine
                .getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec()
                        .mixinStandardHelpOptions(!command.getCommandName().equals("help")));
        commandLine.setOut(terminal.out());
        commandLine.setErr(terminal.err());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> exitCode(failure, terminal));
        return commandLine;
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "no command given");
        }
    }

    /** Tells what failed in one message; only a fault of the program itself shows a stack trace. */
    static int exitCode(Exception failure, Terminal terminal) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                return outOfMemory(terminal);
            }
        }
        if (failure instanceof ConfigException || failure instanceof InvalidResultException) {
            terminal.error(String.valueOf(failure.getMessage()));
            return ExitCode.USAGE;
        }
        if (failure instanceof EngineException engine) {
            terminal.error(String.valueOf(engine.getMessage()));
            return switch (engine.category()) {
                case UNAVAILABLE -> ExitCode.ENGINE_UNAVAILABLE;
                case BAD_MODEL, BAD_REQUEST -> ExitCode.USAGE;
                case CRASHED, TIMED_OUT, FAILED -> ExitCode.TRIAL_FAILED;
            };
        }
        terminal.error("unexpected " + failure);
        failure.printStackTrace(terminal.err());
        terminal.err().flush();
        return ExitCode.TRIAL_FAILED;
    }

    /** Version of this build. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Weighbridge.class.getPackage().getImplementationVersion();
            return new String[] {
                "weighbridge " + (version == null ? "unpackaged" : version),
                "Java " + Runtime.version() + " on " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch")
            };
        }
    }
}
