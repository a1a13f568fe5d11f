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

    /** File of the texts of the tokens of a baseline that shows its logits. */
    static Path vocabularyFile(Path run, String baseline) {
        return run.resolve("parity-" + baseline + "-vocabulary.json");
    }

    static void writeVocabulary(Path file, List<String> texts) {
        write(file, new Tokens(texts));
    }

    static List<String> readVocabulary(Path file) {
        return Json.read(file, Tokens.class).tokens();
    }

    static void write(Path file, List<List<Position>> texts) {
        write(file, new Texts(texts));
    }

    private static void write(Path file, Object content) {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".partial");
        try {
            Files.writeString(temporary, Json.line(content));
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

    /** The vocabulary's file's content: texts by id. */
    private record Tokens(List<String> tokens) {}
}
