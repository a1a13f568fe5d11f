package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.Weights;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A folder with one compiled model: {@code model.onnx}, {@code weights.bin} unless the checkpoint's own files are mapped, and
 * {@code artifact.properties}, which says what they were made from and is written last.
 *
 * <p>Every file is written under another name, forced to the device and renamed. A folder without a marker, or whose marker
 * does not match checkpoint, precision, format, file sizes and the graph that would be written now, holds nothing.
 */
final class ArtifactFolder {
    /** Raised whenever other weights would be written for the same graph. */
    private static final int FORMAT = 2;

    private static final String MODEL = "model.onnx";
    private static final String WEIGHTS = "weights.bin";
    private static final String MARKER = "artifact.properties";
    private static final String LOCK = "artifact.lock";
    private static final String PARTIAL_SUFFIX = ".partial";

    private final Path folder;
    private final GraphWriter writer;

    /** Writes the graph of an artifact. */
    interface GraphWriter {
        OnnxGraph build(Checkpoint checkpoint, Precision precision, WeightStore store);
    }

    /** A folder of decoders. */
    ArtifactFolder(Path folder) {
        this(folder, DecoderGraph::build);
    }

    private ArtifactFolder(Path folder, GraphWriter writer) {
        this.folder = folder;
        this.writer = writer;
    }

    /** The folder within a decoder's that has its encoder. */
    static ArtifactFolder ofEncoder(Path decoder) {
        return new ArtifactFolder(decoder.resolve("encoder"), EncoderGraph::build);
    }

    /**
     * What a session needs.
     *
     * @param graph file of the ModelProto
     * @param weightsFolder that the graph's file names are relative to
     * @param weightBytes of all initializers
     */
    record Contents(Path graph, Path weightsFolder, long weightBytes) {}

    /** The whole artifact of a checkpoint at a precision, if it is here. */
    Optional<Contents> find(Checkpoint checkpoint, Precision precision) {
        try {
            Path marker = folder.resolve(MARKER);
            if (!Files.isRegularFile(marker)) {
                return Optional.empty();
            }
            Properties found = new Properties();
            try (Reader reader = Files.newBufferedReader(marker)) {
                found.load(reader);
            }
            Plan plan = plan(checkpoint, precision);
            boolean whole = entriesMatch(identity(checkpoint, precision, plan.graph()), found)
                    && sizeMatches(MODEL, found)
                    && (plan.mapped() != null || sizeMatches(WEIGHTS, found));
            return whole ? Optional.of(contents(plan)) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            // Not readable is not there: it is built again.
            return Optional.empty();
        }
    }

    /** Finds the artifact or builds it; only one process does so at a time. */
    Contents findOrBuild(Checkpoint checkpoint, Precision precision) throws IOException {
        Files.createDirectories(folder);
        try (FileChannel lock =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            Optional<Contents> found = find(checkpoint, precision);
            return found.isPresent() ? found.get() : build(checkpoint, precision);
        }
    }

    private Contents build(Checkpoint checkpoint, Precision precision) throws IOException {
        // The marker goes first: from here on the folder holds nothing until the new marker is there.
        Files.deleteIfExists(folder.resolve(MARKER));
        deletePartials();
        Plan plan = plan(checkpoint, precision);
        if (plan.mapped() == null) {
            writeWeights(checkpoint, precision);
        } else {
            Files.deleteIfExists(folder.resolve(WEIGHTS));
        }
        byte[] model = plan.graph().toModel();
        write(MODEL, model);
        SortedMap<String, String> marker = identity(checkpoint, precision, plan.graph());
        marker.put(MODEL, Long.toString(model.length));
        if (plan.mapped() == null) {
            marker.put(WEIGHTS, Long.toString(Files.size(folder.resolve(WEIGHTS))));
        }
        StringBuilder text = new StringBuilder();
        marker.forEach(
                (key, value) -> text.append(key).append('=').append(value).append('\n'));
        write(MARKER, text.toString().getBytes(StandardCharsets.UTF_8));
        return contents(plan);
    }

    /**
     * What would be written now.
     *
     * @param graph with its weights in their places
     * @param mapped folder of the checkpoint's files where these are the weights; null where weights are written
     */
    private record Plan(OnnxGraph graph, @Nullable Path mapped) {}

    private Plan plan(Checkpoint checkpoint, Precision precision) {
        Weights weights = checkpoint.weights();
        Path mapped = precision == Precision.FP32
                ? WeightStore.Mapped.commonFolder(weights, DecoderGraph.matrices(weights))
                : null;
        WeightStore store =
                mapped == null ? new WeightStore.Planned(weights, WEIGHTS) : new WeightStore.Mapped(weights);
        return new Plan(writer.build(checkpoint, precision, store), mapped);
    }

    /** Builds the graph once more, this time with everything that it refers to. */
    private void writeWeights(Checkpoint checkpoint, Precision precision) throws IOException {
        Path partial = folder.resolve(WEIGHTS + PARTIAL_SUFFIX);
        try (WeightStore.Written weights = new WeightStore.Written(checkpoint.weights(), partial, WEIGHTS)) {
            writer.build(checkpoint, precision, weights);
            weights.force();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        Files.move(partial, folder.resolve(WEIGHTS), StandardCopyOption.ATOMIC_MOVE);
    }

    private Contents contents(Plan plan) throws IOException {
        // ONNX Runtime refuses a weight file that lies outside of its folder once links are resolved.
        Path weights = plan.mapped() == null ? folder.toRealPath() : plan.mapped();
        return new Contents(folder.resolve(MODEL), weights, plan.graph().initializerBytes());
    }

    /**
     * What must be equal for an artifact to be of use; values are free of line breaks and backslashes. The graph's hash says
     * also how the files of mapped weights are named, which may differ where the same checkpoint lies in a download cache.
     */
    private static SortedMap<String, String> identity(Checkpoint checkpoint, Precision precision, OnnxGraph graph) {
        SortedMap<String, String> identity = new TreeMap<>();
        identity.put("format", Integer.toString(FORMAT));
        identity.put("checkpoint.sha256", checkpoint.sha256());
        identity.put("precision", precision.id());
        identity.put("graph.sha256", sha256(graph.toModel()));
        return identity;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static boolean entriesMatch(SortedMap<String, String> expected, Properties found) {
        return expected.entrySet().stream()
                .allMatch(entry -> entry.getValue().equals(found.getProperty(entry.getKey())));
    }

    private boolean sizeMatches(String file, Properties marker) throws IOException {
        Path path = folder.resolve(file);
        return Files.isRegularFile(path) && Long.toString(Files.size(path)).equals(marker.getProperty(file));
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path partial = folder.resolve(name + PARTIAL_SUFFIX);
        try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        Files.move(partial, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private void deletePartials() throws IOException {
        try (DirectoryStream<Path> partials = Files.newDirectoryStream(folder, "*" + PARTIAL_SUFFIX)) {
            for (Path partial : partials) {
                Files.delete(partial);
            }
        }
    }
}
