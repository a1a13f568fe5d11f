package dev.weighbridge.datasets.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import org.apache.parquet.format.CompressionCodec;
import org.brotli.dec.BrotliInputStream;
import org.xerial.snappy.Snappy;

/** Undoes the compression of pages (Parquet format, "Compression"). */
final class Codec {
    private Codec() {}

    /**
     * The bytes of a page.
     *
     * @param size that they must have, already known to be bearable
     * @throws IOException when they have another size, are broken, or are compressed in another way than is read
     */
    static byte[] decompress(CompressionCodec codec, byte[] bytes, int size) throws IOException {
        return switch (codec) {
            case UNCOMPRESSED -> sized(bytes, size, bytes.length);
            case SNAPPY -> snappy(bytes, size);
            case GZIP -> gzip(bytes, size);
            case ZSTD -> zstd(bytes, size);
            case LZ4_RAW -> lz4(bytes, size);
            case BROTLI -> brotli(bytes, size);
            // LZ4 without RAW has a frame that the format does not describe and advises against.
            case LZO, LZ4 ->
                throw new IOException("it is compressed with " + codec
                        + ", which is not read. Write it anew with zstd, snappy, gzip, lz4_raw, brotli or none");
        };
    }

    private static byte[] snappy(byte[] bytes, int size) throws IOException {
        // Held against the size first: the library allocates what the bytes claim.
        sized(bytes, size, Snappy.uncompressedLength(bytes));
        return Snappy.uncompress(bytes);
    }

    private static byte[] gzip(byte[] bytes, int size) throws IOException {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            byte[] page = in.readNBytes(size);
            return sized(page, size, page.length + (in.read() < 0 ? 0L : 1));
        }
    }

    private static byte[] brotli(byte[] bytes, int size) throws IOException {
        try (InputStream in = new BrotliInputStream(new ByteArrayInputStream(bytes))) {
            byte[] page = in.readNBytes(size);
            return sized(page, size, page.length + (in.read() < 0 ? 0L : 1));
        }
    }

    private static byte[] lz4(byte[] bytes, int size) throws IOException {
        byte[] page = new byte[size];
        try {
            // In Java alone: what comes from a file reads and writes within its arrays.
            return sized(
                    page, size, LZ4Factory.safeInstance().safeDecompressor().decompress(bytes, page));
        } catch (LZ4Exception e) {
            throw new IOException("a page is no LZ4 of " + size + " bytes: " + e.getMessage(), e);
        }
    }

    private static byte[] zstd(byte[] bytes, int size) throws IOException {
        byte[] page = new byte[size];
        long written;
        try {
            written = Zstd.decompressByteArray(page, 0, size, bytes, 0, bytes.length);
        } catch (ZstdException e) {
            throw new IOException("a page is no zstd: " + e.getMessage(), e);
        }
        return sized(page, size, Zstd.isError(written) ? -1 : written);
    }

    private static byte[] sized(byte[] page, int size, long seen) throws IOException {
        if (seen != size) {
            throw new IOException("a page has " + seen + " bytes where its header says " + size);
        }
        return page;
    }
}
