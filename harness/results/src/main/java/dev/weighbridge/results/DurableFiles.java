package dev.weighbridge.results;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Writes that survive a kill: whole or not at all, and on the disk when the call returns. */
final class DurableFiles {
    private static final int TAIL = 64 * 1024;

    private DurableFiles() {}

    /** Replaces a file as a whole: temporary neighbour, fsync, rename. */
    static void replace(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".partial");
        write(
                temporary,
                text,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncParent(file);
    }

    /** Appends a line. A cut last line that an earlier kill left is ended first, so that it cannot swallow this one. */
    static void appendLine(Path file, String line) throws IOException {
        boolean cut = Files.exists(file) && Files.size(file) > 0 && !endsWithNewline(file);
        write(file, (cut ? "\n" : "") + line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Makes the name of a renamed file or folder durable; file systems that cannot sync folders are left alone. */
    static void syncParent(Path path) {
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows cannot open folders; its rename is durable enough without.
        }
    }

    /** Forces every file of a folder, at any depth, to the disk, and then the folder itself. */
    static void syncFiles(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
        syncParent(folder.resolve("any"));
    }

    static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Deletes what lies in a folder, but for files whose name is to be kept. */
    static void empty(Path folder, Predicate<String> kept) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : paths.toList()) {
                if (!Files.isRegularFile(path) || !kept.test(String.valueOf(path.getFileName()))) {
                    deleteTree(path);
                }
            }
        }
    }

    /** Takes off a file what follows its last line end, which a kill left half written. */
    static void cutPartialLine(Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] tail = new byte[TAIL];
            for (long end = bytes.length(); end > 0; end = Math.max(0, end - TAIL)) {
                int length = (int) Math.min(TAIL, end);
                bytes.seek(end - length);
                bytes.readFully(tail, 0, length);
                for (int i = length - 1; i >= 0; i--) {
                    if (tail[i] == '\n') {
                        bytes.setLength(end - length + i + 1);
                        return;
                    }
                }
            }
            bytes.setLength(0);
        }
    }

    private static boolean endsWithNewline(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            channel.read(last, channel.size() - 1);
            return last.get(0) == '\n';
        }
    }

    private static void write(Path file, String text, StandardOpenOption... options) throws IOException {
        try (FileChannel channel = FileChannel.open(file, options)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
