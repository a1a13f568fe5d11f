package dev.weighbridge.inference.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** SHA-256 of files, remembered within this process for as long as size and modification time stay as they are. */
final class FileDigest {
    private static final Map<State, byte[]> KNOWN = new ConcurrentHashMap<>();

    private FileDigest() {}

    private record State(Path file, long size, FileTime modified) {}

    /** SHA-256 over name and SHA-256 of each file, in the order given; hex. */
    static String of(List<Path> files) throws IOException {
        MessageDigest digest = sha256();
        for (Path file : files) {
            digest.update((file.getFileName() + "\n").getBytes(StandardCharsets.UTF_8));
            digest.update(of(file));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] of(Path file) throws IOException {
        State state = new State(file, Files.size(file), Files.getLastModifiedTime(file));
        byte[] known = KNOWN.get(state);
        if (known == null) {
            MessageDigest digest = sha256();
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            known = digest.digest();
            KNOWN.put(state, known);
        }
        return known;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
