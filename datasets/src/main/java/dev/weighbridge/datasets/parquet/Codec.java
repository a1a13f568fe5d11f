package dev.weighbridge.datasets.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.format.CompressionCodec;
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
            case LZO, BROTLI, LZ4, LZ4_RAW ->
                throw new IOException("it is compressed with " + codec
                        + ", which is not read. Write it anew with zstd, snappy, gzip or none");
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
