package dev.weighbridge.core.study;

import dev.weighbridge.api.load.ArrivalPattern;
import dev.weighbridge.core.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads a file with one scenario: the keys of a scenario in a study, strictly. */
public final class ScenarioFile {
    private static final long LARGEST_FILE = 1L << 20;

    private ScenarioFile() {}

    /**
     * Reads and checks a scenario file.
     *
     * @throws ConfigException with every problem that was found
     */
    public static Study.Scenario read(Path path) {
        List<String> problems = new ArrayList<>();
        Study.Scenario scenario = read(path, problems);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return scenario;
    }

    /** Reads one for a file that names it, which reports the problems. */
    static Study.Scenario read(Path path, List<String> problems) {
        String file = String.valueOf(path.getFileName());
        Path folder = path.toAbsolutePath().normalize().getParent();
        try {
            if (!Files.isRegularFile(path)) {
                throw new ConfigException("scenario file " + path + " does not exist");
            }
            if (Files.size(path) > LARGEST_FILE) {
                throw new ConfigException("scenario file " + path + " has " + Files.size(path) + " bytes, at most "
                        + LARGEST_FILE + " are read");
            }
            return parse(Files.readString(path), file, folder == null ? Path.of("/") : folder, problems);
        } catch (IOException e) {
            throw new ConfigException("scenario file " + path + " cannot be read: " + e);
        }
    }

    private static Study.Scenario parse(String text, String file, Path folder, List<String> problems) {
        Section section = Section.of(file, folder, "", YamlNode.read(text, file), problems);
        Study.Scenario scenario = StudyFile.scenario(section);
        section.end();
        return scenario;
    }

    /**
     * Reads arrivals alone, as a scenario has them.
     *
     * @param text such as {@code gamma: {rate-per-second: 10, burstiness: 0.5}}
     * @param source for messages
     * @throws ConfigException with every problem that was found
     */
    public static ArrivalPattern arrivals(String text, String source) {
        List<String> problems = new ArrayList<>();
        Section section = Section.of(source, Path.of("").toAbsolutePath(), "", YamlNode.read(text, source), problems);
        ArrivalPattern arrivals = StudyFile.arrivals(section);
        section.end();
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return arrivals;
    }
}
