package dev.weighbridge.core.study;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.results.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The mark of a checkpoint whose weights were never trained. It stands in {@code weighbridge.json} and in each file of weights, so
 * that weights which were copied without it are known all the same.
 */
public final class RandomWeights {
    private static final String FILE = "weighbridge.json";
    private static final long LARGEST_FILE = 1 << 20;
    private static final int LONGEST_HEADER = 100 << 20;
    private static final String RANDOM = "random";

    private RandomWeights() {}

    /**
     * What the weights of a folder were drawn from; empty when they are not random, as far as is known.
     *
     * @throws ConfigException when the mark is damaged
     */
    public static Optional<Manifest.RandomWeights> of(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> listed = Files.list(folder)) {
            Path mark = folder.resolve(FILE);
            if (Files.isRegularFile(mark)) {
                Optional<Manifest.RandomWeights> found = marked(mark);
                if (found.isPresent()) {
                    return found;
                }
            }
            List<Path> weights = listed.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
            for (Path file : weights) {
                Optional<Manifest.RandomWeights> found = ofWeights(file);
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new ConfigException("model folder " + folder + " cannot be read: " + e);
        }
    }

    private static Optional<Manifest.RandomWeights> marked(Path file) throws IOException {
        if (Files.size(file) > LARGEST_FILE) {
            throw damaged(file);
        }
        try {
            return of(new ObjectMapper().readTree(file.toFile()), "", file);
        } catch (JsonProcessingException e) {
            throw damaged(file);
        }
    }

    private static Optional<Manifest.RandomWeights> of(JsonNode mark, String prefix, Path file) {
        if (!mark.path(prefix + "weights").asText().equals(RANDOM)) {
            return Optional.empty();
        }
        String shape = mark.path(prefix + "shape").asText();
        try {
            long seed = Long.parseLong(mark.path(prefix + "seed").asText());
            return Optional.of(new Manifest.RandomWeights(shape, seed));
        } catch (NumberFormatException e) {
            throw damaged(file);
        }
    }

    private static ConfigException damaged(Path file) {
        return new ConfigException(
                file
                        + " is damaged: it must say what the weights are. Make the checkpoint anew with 'weighbridge make-checkpoint'.");
    }

    /** By the metadata of a safetensors header; a header that cannot be read says nothing here, and the engine refuses it. */
    private static Optional<Manifest.RandomWeights> ofWeights(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] length = in.readNBytes(Long.BYTES);
            long header = length.length < Long.BYTES
                    ? 0
                    : ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
            if (header < 2 || header > Math.min(LONGEST_HEADER, Files.size(file))) {
                return Optional.empty();
            }
            return of(metadata(in.readNBytes((int) header)), "weighbridge.", file);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static JsonNode metadata(byte[] header) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        try (JsonParser parser = new JsonFactory(mapper).createParser(header)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = parser.currentName().equals("__metadata__");
                parser.nextToken();
                if (found) {
                    return mapper.readTree(parser);
                }
                parser.skipChildren();
            }
        }
        return mapper.missingNode();
    }
}
