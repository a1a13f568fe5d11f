package dev.weighbridge.engines.onnxruntime.encoder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What the bytes of a file of a model tell.
 *
 * @param sha256 of the file, hex
 * @param scaledByBatch whether it is a graph that quantizes what it computes by the largest value in the batch (operators whose name begins with
 *     {@value #DYNAMIC}), so that what it gives for a text depends on the texts beside it
 */
record ModelFile(String sha256, boolean scaledByBatch) {
    private static final String DYNAMIC = "DynamicQuantize";
    private static final int PART = 1 << 20;

    static ModelFile read(Path file) throws IOException {
        MessageDigest digest = newDigest();
        boolean found = false;
        String before = "";
        try (InputStream in = Files.newInputStream(file)) {
            byte[] part = in.readNBytes(PART);
            while (part.length > 0) {
                digest.update(part);
                String text = before + new String(part, StandardCharsets.ISO_8859_1);
                found = found || text.contains(DYNAMIC);
                before = text.substring(Math.max(0, text.length() - DYNAMIC.length()));
                part = in.readNBytes(PART);
            }
        }
        return new ModelFile(HexFormat.of().formatHex(digest.digest()), found);
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
