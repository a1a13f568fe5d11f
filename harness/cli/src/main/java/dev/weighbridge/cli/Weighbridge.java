package dev.weighbridge.cli;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.results.InvalidResultException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
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

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine(Terminal.ofProcess()).execute(arguments));
    }

    static CommandLine commandLine(Terminal terminal) {
        CommandLine commandLine = new CommandLine(new Weighbridge());
        commandLine
                .addSubcommand(new RunCommand(terminal))
                .addSubcommand(new PlanCommand(terminal))
                .addSubcommand(new ResumeCommand(terminal))
                .addSubcommand(new EvaluateCommand(terminal))
                .addSubcommand(new LoadCommand(terminal))
                .addSubcommand(new ServeCommand(terminal))
                .addSubcommand(new ReportCommand(terminal))
                .addSubcommand(new DecideCommand(terminal))
                .addSubcommand(new PublishCommand(terminal))
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
