package dev.weighbridge.core.run;

import dev.weighbridge.api.TopLogprobsEngine.Position;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** What a baseline's server gave of its distributions, as a file of the run. */
final class ReferenceLogprobs {
    private ReferenceLogprobs() {}

    static Path file(Path run, String baseline) {
        return run.resolve("parity-" + baseline + ".json");
    }

    static void write(Path file, List<List<Position>> texts) {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".partial");
        try {
            Files.writeString(temporary, Json.line(new Texts(texts)));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new InvalidResultException("cannot write " + file + ": " + e, e);
        }
    }

    static List<List<Position>> read(Path file) {
        return Json.read(file, Texts.class).texts();
    }

    /** The file's content: places by text. */
    private record Texts(List<List<Position>> texts) {}
}
