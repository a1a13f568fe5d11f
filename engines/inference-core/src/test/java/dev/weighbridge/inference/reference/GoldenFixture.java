package dev.weighbridge.inference.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.checkpoint.StoredTensors;
import dev.weighbridge.inference.checkpoint.TensorSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A small checkpoint with what transformers answers from it, made by {@code scripts/reference}.
 *
 * @param prompts of different lengths
 * @param greedy the 64 tokens that follow each prompt
 * @param logits of each prompt, {@code [tokens, vocabulary]} row-major; with an encoder those of the start token and of the
 *     first 20 tokens of the answer
 * @param continued logits of the first prompt's continuation, from its last token on, {@code [64, vocabulary]}
 */
public record GoldenFixture(
        String name, Checkpoint checkpoint, int[][] prompts, int[][] greedy, float[][] logits, float[] continued) {
    private static final String FOLDER = "/families/";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Names of the fixtures of decoders, all of those on the class path but the encoder-decoders. */
    public static List<String> decoders() {
        return names().stream().filter(name -> !name.endsWith("t5")).toList();
    }

    /** Names of all fixtures on the class path. */
    public static List<String> names() {
        URL folder = Objects.requireNonNull(GoldenFixture.class.getResource(FOLDER), "no fixtures on the class path");
        try {
            URI uri = folder.toURI();
            if (!uri.getScheme().equals("jar")) {
                return names(Path.of(uri));
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return names(jar.getPath(FOLDER));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".zip"))
                    .map(file -> file.substring(0, file.length() - ".zip".length()))
                    .sorted()
                    .toList();
        }
    }

    /** Unpacks a fixture into a folder and reads it. */
    public static GoldenFixture open(String name, Path folder) {
        Path model = unpack(name, folder);
        try {
            // The text side is not what is held against transformers here.
            TinyCheckpoint.writeJson(model.resolve("tokenizer.json"), TinyCheckpoint.tokenizer());
            JsonNode expected = MAPPER.readTree(model.resolve("expected.json").toFile());
            Path answers = folder.resolve(name + "-expected");
            Files.createDirectories(answers);
            Files.move(model.resolve("expected.safetensors"), answers.resolve("model.safetensors"));
            TensorSource tensors = StoredTensors.of(answers);
            int[][] prompts = rows(expected.path("prompts"));
            float[][] logits = new float[prompts.length][];
            for (int i = 0; i < prompts.length; i++) {
                logits[i] = tensors.floats("logits." + i);
            }
            return new GoldenFixture(
                    name,
                    CheckpointReader.read(model),
                    prompts,
                    rows(expected.path("greedy")),
                    logits,
                    tensors.floats("continued.0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[][] rows(JsonNode lists) {
        List<int[]> rows = new ArrayList<>();
        for (JsonNode list : lists) {
            int[] row = new int[list.size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = list.path(i).asInt();
            }
            rows.add(row);
        }
        return rows.toArray(new int[0][]);
    }

    /** Unpacks the files of a fixture, the expected answers among them. */
    public static Path unpack(String name, Path folder) {
        Path model = folder.resolve(name);
        try (InputStream resource = Objects.requireNonNull(
                        GoldenFixture.class.getResourceAsStream(FOLDER + name + ".zip"), "no fixture " + name);
                ZipInputStream zip = new ZipInputStream(resource)) {
            Files.createDirectories(model);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Files.copy(zip, model.resolve(Path.of(entry.getName()).getFileName()));
            }
            return model;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
