package dev.weighbridge.cli;

import dev.weighbridge.core.study.Study;
import dev.weighbridge.core.study.StudyFile;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures a study and decides. */
@Command(
        name = "run",
        description = "Measure a study, decide, and write report and leaderboard.",
        footer = {
            "",
            "Ctrl-C or a kill loses only the trial that is being measured; 'weighbridge resume' goes on.",
            "",
            "Examples:",
            "  weighbridge run harness/studies/quickstart.yaml",
            "  weighbridge run study.yaml --results /data/results --run-id nightly-17",
            "",
            ExitCode.HELP
        })
final class RunCommand implements Callable<Integer> {
    private static final DateTimeFormatter RUN_ID = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Terminal terminal;

    @Parameters(paramLabel = "STUDY", description = "Study file.")
    private Path study = Path.of("");

    @Option(names = "--results", paramLabel = "DIR", description = "Folder for results; default: ${DEFAULT-VALUE}.")
    private Path results = Path.of("results");

    @Option(names = "--run-id", paramLabel = "ID", description = "Name of this run; default: date and time in UTC.")
    private @Nullable String runId;

    @Option(
            names = "--site",
            paramLabel = "DIR",
            description =
                    "Folder for the leaderboard, with nothing of another run in it; default: 'site' in the run's.")
    private @Nullable Path site;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "auto, cpu or cuda:N; default: what the study says.")
    private @Nullable String device;

    RunCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        RunSite.requireFree(site, null);
        Study read = StudyFile.read(study, device);
        String id = runId == null ? RUN_ID.format(ZonedDateTime.now(ZoneOffset.UTC)) : runId;
        return new StudySession(terminal).run(runner -> runner.run(read, results, id), site);
    }
}
