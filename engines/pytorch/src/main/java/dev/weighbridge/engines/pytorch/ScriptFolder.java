package dev.weighbridge.engines.pytorch;

import dev.weighbridge.api.Precision;
import dev.weighbridge.engines.pytorch.archive.TorchScriptArchive;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A folder with one compiled decoder: {@code decoder.pt}, a TorchScript archive, and {@code artifact.properties}, which says
 * what it was made from and is written last.
 *
 * <p>Each file is written under another name, forced to the device and renamed. A folder without a marker, or whose marker does
 * not match checkpoint, precision, source, format and the archive's bytes, holds nothing.
 */
final class ScriptFolder {
    /** Raised whenever an archive would be written differently for the same script. */
    private static final int FORMAT = 2;

    private static final String ARCHIVE = "decoder.pt";
    private static final String MARKER = "artifact.properties";
    private static final String LOCK = "artifact.lock";
    private static final String PARTIAL_SUFFIX = ".partial";
    private static final String ARCHIVE_HASH = "archive.sha256";

    private final Path folder;

    ScriptFolder(Path folder) {
        this.folder = folder;
    }

    /** The archive of a source for a checkpoint at a precision, if a whole one is here. */
    Optional<byte[]> find(Checkpoint checkpoint, Precision precision, String source) {
        try {
            Path marker = folder.resolve(MARKER);
            Path archive = folder.resolve(ARCHIVE);
            if (!Files.isRegularFile(marker) || !Files.isRegularFile(archive)) {
                return Optional.empty();
            }
            Properties found = new Properties();
            try (Reader reader = Files.newBufferedReader(marker)) {
                found.load(reader);
            }
            byte[] bytes = Files.readAllBytes(archive);
            boolean whole = marker(checkpoint, precision, source, bytes).entrySet().stream()
                    .allMatch(entry -> entry.getValue().equals(found.getProperty(entry.getKey())));
            return whole ? Optional.of(bytes) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            // Not readable is not there: it is built again.
            return Optional.empty();
        }
    }

    /** Makes sure that the archive of this source is here; only one process writes at a time. */
    void write(Checkpoint checkpoint, Precision precision, String source) throws IOException {
        Files.createDirectories(folder);
        try (FileChannel lock =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            if (find(checkpoint, precision, source).isPresent()) {
                return;
            }
            byte[] archive = TorchScriptArchive.of(DecoderScript.CLASS_NAME, source);
            // The marker goes first: from here on the folder holds nothing until the new marker is there.
            Files.deleteIfExists(folder.resolve(MARKER));
            replace(ARCHIVE, archive);
            StringBuilder text = new StringBuilder();
            marker(checkpoint, precision, source, archive)
                    .forEach((key, value) ->
                            text.append(key).append('=').append(value).append('\n'));
            replace(MARKER, text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Map<String, String> marker(
            Checkpoint checkpoint, Precision precision, String source, byte[] archive) {
        SortedMap<String, String> marker = new TreeMap<>();
        marker.put("format", Integer.toString(FORMAT));
        marker.put("checkpoint.sha256", checkpoint.sha256());
        marker.put("precision", precision.id());
        // Another version of this engine, or one for another processor, may write another script.
        marker.put("source.sha256", sha256(source.getBytes(StandardCharsets.UTF_8)));
        marker.put(ARCHIVE_HASH, sha256(archive));
        return marker;
    }

    private void replace(String name, byte[] bytes) throws IOException {
        Path partial = folder.resolve(name + PARTIAL_SUFFIX);
        try (FileChannel channel = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        Files.move(partial, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
