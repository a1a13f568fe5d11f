package dev.weighbridge.datasets.hub;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSets;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder of the copies: {@code datasets/OWNER--NAME/COMMIT/FILE}, and beside the commits what revisions were
 * ({@code revisions}), what commits hold ({@code listings}) and what is being fetched ({@code locks}).
 */
final class HubCache {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
    private static final int MOST_LOOKS = 7200;
    private static final int LARGEST_NOTE = 128 << 20;

    private final Path folder;

    HubCache(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    private Path dataset(String id) {
        return folder.resolve("datasets").resolve(id.replace("/", "--"));
    }

    Path revision(HubReference reference) {
        return dataset(reference.id()).resolve("revisions").resolve(HubRequests.escaped(reference.revision()));
    }

    Path listing(String id, String commit) {
        return dataset(id).resolve("listings").resolve(commit + ".json");
    }

    /** Where the copy of a file is, or will be. */
    Path file(String id, String commit, HubFile file) {
        return HubPaths.inside(dataset(id).resolve(commit), file.name());
    }

    /** The text of a small file of the cache, or nothing when it is not there. */
    Optional<String> read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            if (Files.size(file) > LARGEST_NOTE) {
                throw new DataException(file + " of the cache has " + Files.size(file) + " bytes. Delete it.");
            }
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            throw problem(file, e);
        }
    }

    /** Writes a small file whole or not at all. */
    void write(Path file, String text) {
        try {
            Path parent = parent(file);
            Files.createDirectories(parent);
            Path next = Files.createTempFile(parent, "next", HubPaths.PART);
            Files.writeString(next, text, StandardCharsets.UTF_8);
            move(next, file);
        } catch (IOException e) {
            throw problem(file, e);
        }
    }

    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static Path parent(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalStateException(file + " of the cache is in no folder");
        }
        return parent;
    }

    static DataException problem(Path file, IOException e) {
        return new DataException(
                "the cache cannot have " + file + ": " + e + ". Free space, or name another folder.", e);
    }

    /** What is done to a file while nobody else does. */
    @FunctionalInterface
    interface Work {
        /**
         * Does it.
         *
         * @throws IOException when the file system fails
         */
        void run() throws IOException;
    }

    /**
     * Does something once no other thread and no other process does something to the same file.
     *
     * @throws DataException when another has the file for more than an hour
     */
    void alone(String id, String commit, HubFile file, HubRequests requests, Work work) throws IOException {
        String name = TaskSets.sha256((commit + "/" + file.name()).getBytes(StandardCharsets.UTF_8));
        // Stays behind, as another process may already wait for it.
        Path path = dataset(id).resolve("locks").resolve(name + ".lock");
        Files.createDirectories(parent(path));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int looks = 0; looks < MOST_LOOKS; looks++) {
                if (lock(channel) != null) {
                    // The lock goes with the channel.
                    work.run();
                    return;
                }
                requests.rest(LOOK_AGAIN, "another process that fetches " + HubPaths.shown(file.name()));
            }
        }
        throw new DataException("another process fetches " + HubPaths.shown(file.name())
                + " for more than an hour. End it, or use another cache folder. Lock: " + path);
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // A thread of this process has it.
            return null;
        }
    }
}
