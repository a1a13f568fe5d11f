package dev.weighbridge.core.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.study.RandomWeights;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.results.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What a manifest says of a checkpoint. Whether its tensors are sound is the engine's to judge. */
public final class ModelFacts {
    private static final int LONGEST_HEADER = 100 << 20;

    private ModelFacts() {}

    static Manifest.Model of(Study.Model model) {
        return of(model.path(), model.licence());
    }

    /**
     * Reads a checkpoint.
     *
     * @param licence SPDX id, or {@code unknown}
     * @throws ConfigException when the folder is not there or cannot be read
     */
    public static Manifest.Model of(Path folder, String licence) {
        if (!Files.isDirectory(folder)) {
            throw new ConfigException("model folder " + folder + " does not exist");
        }
        try (Stream<Path> listed = Files.list(folder)) {
            List<Path> files = listed.filter(ModelFacts::matters).sorted().toList();
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long parameters = 0;
            for (Path file : files) {
                try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
                parameters += file.toString().endsWith(".safetensors") ? parameters(file) : 0;
            }
            Path name = folder.getFileName();
            return new Manifest.Model(
                    name == null ? "model" : name.toString(),
                    HexFormat.of().formatHex(digest.digest()),
                    licence,
                    parameters,
                    RandomWeights.of(folder).orElse(null));
        } catch (IOException e) {
            throw new ConfigException("model folder " + folder + " cannot be read: " + e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static boolean matters(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".safetensors") || name.endsWith(".json") || name.endsWith(".jinja");
    }

    /** Values in all tensors by the header; 0 for a header that cannot be read, which the engine will refuse with a reason. */
    private static long parameters(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] length = in.readNBytes(Long.BYTES);
            long header = length.length < Long.BYTES
                    ? 0
                    : ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
            if (header < 2 || header > Math.min(LONGEST_HEADER, Files.size(file))) {
                return 0;
            }
            long sum = 0;
            for (JsonNode tensor : new ObjectMapper().readTree(in.readNBytes((int) header))) {
                long count = tensor.has("shape") ? 1 : 0;
                for (JsonNode dimension : tensor.path("shape")) {
                    count *= Math.max(0, dimension.asLong());
                }
                sum += count;
            }
            return sum;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            return 0;
        }
    }
}
