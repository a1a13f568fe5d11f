package dev.weighbridge.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.inference.model.BadModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The safetensors files of a folder: those that {@code model.safetensors.index.json} names, else {@code model.safetensors},
 * else all there are. Never a pickle file, which can run code when it is read.
 *
 * @param files real paths
 * @param tensors of all files by name
 */
record WeightFiles(List<Path> files, Map<String, TensorSource.TensorInfo> tensors) {
    private static final String ENDING = ".safetensors";
    private static final List<String> PICKLES = List.of(".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt");
    private static final long LARGEST_INDEX = 64L << 20;

    static WeightFiles read(Path folder) throws IOException {
        Path index = folder.resolve("model.safetensors.index.json");
        if (Files.exists(index)) {
            JsonNode places = StrictJson.read(index, LARGEST_INDEX).path("weight_map");
            WeightFiles weights = of(folder, indexed(folder, index, places));
            places.properties().forEach(place -> weights.requirePlace(index, place.getKey(), place.getValue()));
            return weights;
        }
        Path single = folder.resolve("model" + ENDING);
        return of(folder, Files.isRegularFile(single) ? List.of(single.toRealPath()) : listed(folder));
    }

    private static WeightFiles of(Path folder, List<Path> files) {
        Map<String, TensorSource.TensorInfo> tensors = new LinkedHashMap<>();
        for (Path file : files) {
            SafetensorsFile.read(file).forEach((name, info) -> {
                if (tensors.put(name, info) != null) {
                    throw BadModel.because(folder + " has the tensor " + BadModel.shown(name) + " in two files");
                }
            });
        }
        return new WeightFiles(files, tensors);
    }

    private static List<Path> indexed(Path folder, Path index, JsonNode places) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        places.forEach(file -> names.add(file.asText()));
        if (names.isEmpty()) {
            throw BadModel.because(index + " names no file under weight_map. Download it again.");
        }
        List<Path> files = new ArrayList<>();
        for (String name : names) {
            // A bare name: an index from elsewhere must not lead out of the folder.
            boolean bare = name.matches("[\\w.-]+") && name.endsWith(ENDING);
            if (!bare || !Files.isRegularFile(folder.resolve(name))) {
                throw BadModel.because(index + " names the file '" + BadModel.shown(name)
                        + "', which is not a safetensors file in the folder. Download it.");
            }
            files.add(folder.resolve(name).toRealPath());
        }
        return files;
    }

    private void requirePlace(Path index, String tensor, JsonNode file) {
        TensorSource.TensorInfo info = tensors.get(tensor);
        if (info == null) {
            throw BadModel.because(index + " says that the tensor " + BadModel.shown(tensor) + " is in '"
                    + BadModel.shown(file.asText()) + "', where it is not. Download that file again.");
        }
    }

    private static List<Path> listed(Path folder) throws IOException {
        List<Path> files = listed(folder, List.of(ENDING));
        if (!files.isEmpty()) {
            return files;
        }
        List<Path> pickles = listed(folder, PICKLES);
        throw BadModel.because(
                pickles.isEmpty()
                        ? folder + " has no *.safetensors file. Download the weights."
                        : folder + " holds its weights as a pickle file ("
                                + BadModel.shown(String.valueOf(pickles.get(0).getFileName()))
                                + "), which is never read because it can run code. Convert it to safetensors.");
    }

    private static List<Path> listed(Path folder, List<String> endings) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> found = all.filter(
                            file -> endings.stream().anyMatch(file.getFileName().toString()::endsWith))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
            List<Path> real = new ArrayList<>();
            for (Path file : found) {
                // Hugging Face caches hold links; the file that is mapped must be the one they point to.
                real.add(file.toRealPath());
            }
            return real;
        }
    }
}
