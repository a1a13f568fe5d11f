package dev.weighbridge.engines.pytorch.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive that holds code and no tensors, as {@code torch.jit.load} reads it: a zip with the module's pickle,
 * its source, an empty constants table and the format version (PyTorch, {@code torch/csrc/jit/docs/serialization.md}).
 * Weights are passed to the methods as arguments, so the archive stays a few kilobytes small.
 */
public final class TorchScriptArchive {
    /** Highest archive version that needs no operator upgraders in libtorch 2.x. */
    private static final int FORMAT_VERSION = 10;

    /** A fixed time (1980-01-02) makes equal sources equal archives. */
    private static final long ENTRY_TIME = 315_619_200_000L;

    private TorchScriptArchive() {}

    /**
     * Builds an archive with one module.
     *
     * @param className of the module's class in {@code source}, for example {@code Decoder}
     * @param source TorchScript that defines it, without attributes
     */
    public static byte[] of(String className, String source) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(bytes, className, source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(OutputStream out, String className, String source) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
        entry(zip, "data.pkl", modulePickle(className));
        entry(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
        entry(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
        entry(zip, "version", (FORMAT_VERSION + "\n").getBytes(StandardCharsets.US_ASCII));
        zip.finish();
        zip.flush();
    }

    /** Pickle protocol 2 of an object of the class with an empty state. */
    private static byte[] modulePickle(String className) {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        pickle.write(0x80);
        pickle.write(2);
        pickle.writeBytes(("c__torch__\n" + className + "\n").getBytes(StandardCharsets.US_ASCII));
        pickle.write(')');
        pickle.write(0x81);
        pickle.write('}');
        pickle.write('b');
        pickle.write('.');
        return pickle.toByteArray();
    }

    private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry("decoder/" + name);
        CRC32 checksum = new CRC32();
        checksum.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(checksum.getValue());
        entry.setTime(ENTRY_TIME);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
