package dev.weighbridge.inference.local;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The class-data sharing archive (JEP 350) of engine processes that start alike. The first process writes one as it ends,
 * later ones map it and start in about half the time.
 *
 * <p>Its name depends on the Java runtime and on every file of the class path with size and time, so an outdated archive
 * is never found; should one not fit all the same, the Java runtime ignores it.
 */
final class ClassArchive {
    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);

    private final Path file;
    private final @Nullable Path written;

    private ClassArchive(Path file, @Nullable Path written) {
        this.file = file;
        this.written = written;
    }

    /**
     * The archive for a class path, in a cache folder.
     *
     * @param variant what else tells processes apart, such as the engine
     */
    static ClassArchive in(Path cacheDirectory, String classPath, String variant) {
        return in(cacheDirectory, classPath, variant, Path.of(System.getProperty("java.home")));
    }

    /**
     * @param runtime folder of the Java runtime
     */
    static ClassArchive in(Path cacheDirectory, String classPath, String variant, Path runtime) {
        Path folder = cacheDirectory.resolve("class-archives");
        Path file = folder.resolve(key(classPath, variant) + ".jsa");
        if (Files.isRegularFile(file) || !onlyJars(classPath) || !hasBaseArchive(runtime)) {
            return new ClassArchive(file, null);
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            LOG.debug("no class archive is written: {}", e.toString());
            return new ClassArchive(file, null);
        }
        return new ClassArchive(file, folder.resolve(file.getFileName() + "." + UUID.randomUUID() + ".tmp"));
    }

    /** Flags for the Java launcher. */
    List<String> flags() {
        if (Files.isRegularFile(file)) {
            return List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + file.toAbsolutePath());
        }
        return written == null ? List.of() : List.of("-XX:ArchiveClassesAtExit=" + written.toAbsolutePath());
    }

    /** Whether the process that was started with {@link #flags} writes an archive as it ends, which takes a moment. */
    boolean writing() {
        return written != null;
    }

    /** Puts the archive in place after the process ended well, or removes what it left behind. */
    void settle(boolean endedWell) {
        if (written == null) {
            return;
        }
        try {
            if (endedWell && Files.isRegularFile(written) && Files.size(written) > 0) {
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            LOG.debug("class archive {} was not kept: {}", written, e.toString());
        }
    }

    /**
     * An archive is written on top of the runtime's own. Runtimes made by jlink have none, and refuse to start when they are asked
     * to write one.
     */
    private static boolean hasBaseArchive(Path runtime) {
        return Stream.of("lib", "bin")
                .anyMatch(folder -> Files.isRegularFile(
                        runtime.resolve(folder).resolve("server").resolve("classes.jsa")));
    }

    /** Archives hold classes of jars only; the Java runtime refuses to write one with folders on the class path. */
    private static boolean onlyJars(String classPath) {
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            if (Files.isDirectory(Path.of(entry))) {
                return false;
            }
        }
        return true;
    }

    private static String key(String classPath, String variant) {
        StringBuilder text = new StringBuilder(classPath.length() * 2)
                .append(System.getProperty("java.vm.version"))
                .append('\n')
                .append(System.getProperty("java.home"))
                .append('\n')
                .append(variant);
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            File jar = new File(entry);
            text.append('\n')
                    .append(entry)
                    .append('\t')
                    .append(jar.length())
                    .append('\t')
                    .append(jar.lastModified());
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
