package dev.weighbridge.spark;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.results.InvalidResultException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What {@code spark-submit} starts on the driver. */
@Command(
        name = "weighbridge-spark",
        description = "Evaluates a model, and judges kept answers again, on a Spark cluster.",
        mixinStandardHelpOptions = true,
        subcommands = {SubmittedEvaluation.class, SubmittedRescoring.class},
        footer = {"", "Exit codes: 0 good, 1 it failed, 2 usage or configuration, 3 engine unavailable."})
public final class SparkSubmitMain {
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int ENGINE_UNAVAILABLE = 3;

    private SparkSubmitMain() {}

    /** Runs one command; ends the process only where it failed, since Spark wants to end a driver that went well itself. */
    public static void main(String[] arguments) {
        int code = execute(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                arguments);
        if (code != 0) {
            System.exit(code);
        }
    }

    /** Runs one command and gives its exit code. */
    static int execute(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine commandLine = new CommandLine(new SparkSubmitMain());
        commandLine.setOut(out);
        commandLine.setErr(err);
        commandLine
                .getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec().mixinStandardHelpOptions(true));
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> exitCode(failure, err));
        return commandLine.execute(arguments);
    }

    /** Tells what failed in one message; only a fault of the program itself shows a stack trace. */
    private static int exitCode(Exception failure, PrintWriter err) {
        if (failure instanceof ConfigException || failure instanceof InvalidResultException) {
            err.println("error: " + failure.getMessage());
            return USAGE;
        }
        if (failure instanceof EngineException engine) {
            err.println("error: " + engine.getMessage());
            return switch (engine.category()) {
                case UNAVAILABLE -> ENGINE_UNAVAILABLE;
                case BAD_MODEL, BAD_REQUEST -> USAGE;
                case CRASHED, TIMED_OUT, FAILED -> FAILED;
            };
        }
        failure.printStackTrace(err);
        return FAILED;
    }
}
