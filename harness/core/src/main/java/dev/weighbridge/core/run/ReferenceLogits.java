package dev.weighbridge.core.run;

import dev.weighbridge.api.LogitsEngine.Logits;
import dev.weighbridge.results.InvalidResultException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** The baseline's logits as a file of the run, so that a resumed run needs no baseline to check parity. */
final class ReferenceLogits {
    private ReferenceLogits() {}

    static Path file(Path run, String baseline) {
        return run.resolve("parity-" + baseline + ".bin");
    }

    static void write(Path file, List<Logits> all) {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".partial");
        try {
            try (DataOutputStream out =
                    new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(temporary)))) {
                out.writeInt(all.size());
                for (Logits logits : all) {
                    out.writeInt(logits.tokens().length);
                    out.writeInt(logits.vocabularySize());
                    for (int token : logits.tokens()) {
                        out.writeInt(token);
                    }
                    for (float value : logits.values()) {
                        out.writeFloat(value);
                    }
                }
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new InvalidResultException("cannot write " + file + ": " + e, e);
        }
    }

    static List<Logits> read(Path file) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            int count = in.readInt();
            List<Logits> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int[] tokens = new int[in.readInt()];
                int vocabulary = in.readInt();
                for (int t = 0; t < tokens.length; t++) {
                    tokens[t] = in.readInt();
                }
                float[] values = new float[tokens.length * vocabulary];
                for (int v = 0; v < values.length; v++) {
                    values[v] = in.readFloat();
                }
                all.add(new Logits(tokens, vocabulary, values));
            }
            return all;
        } catch (IOException e) {
            throw new InvalidResultException(file + " cannot be read: " + e + ". Start a new run.", e);
        }
    }
}
