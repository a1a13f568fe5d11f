package dev.weighbridge.datasets.parquet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import shaded.parquet.org.apache.thrift.TBase;
import shaded.parquet.org.apache.thrift.TConfiguration;
import shaded.parquet.org.apache.thrift.TException;
import shaded.parquet.org.apache.thrift.protocol.TCompactProtocol;
import shaded.parquet.org.apache.thrift.protocol.TList;
import shaded.parquet.org.apache.thrift.protocol.TMap;
import shaded.parquet.org.apache.thrift.protocol.TProtocolException;
import shaded.parquet.org.apache.thrift.protocol.TSet;
import shaded.parquet.org.apache.thrift.protocol.TStruct;
import shaded.parquet.org.apache.thrift.transport.TIOStreamTransport;
import shaded.parquet.org.apache.thrift.transport.TTransportException;

/**
 * Thrift's compact protocol, as the library that reads Parquet's metadata has it within, with limits: by itself it makes lists of
 * the length that they claim, and objects for each byte.
 */
final class BoundedThrift extends TCompactProtocol {
    private static final int DEEPEST = 40;
    static final int MOST_VALUES = 1_000_000;

    private int depth;
    private long values;

    private BoundedThrift(ByteArrayInputStream in, int longest) throws TTransportException {
        // Both limits: the one of the protocol is not asked for texts as bytes.
        super(
                new TIOStreamTransport(new TConfiguration(longest, TConfiguration.DEFAULT_MAX_FRAME_SIZE, DEEPEST), in),
                longest,
                MOST_VALUES);
    }

    /** The struct goes on beyond the bytes that are there. */
    static final class CutException extends IOException {
        private static final long serialVersionUID = 1L;

        CutException(Throwable cause) {
            super("it ends in the middle of its metadata", cause);
        }
    }

    /**
     * Reads a struct.
     *
     * @param into which it is read
     * @param count of the bytes in which it is
     * @param longest text within it, in bytes
     * @return its length in bytes
     * @throws CutException when it does not end within the bytes
     * @throws IOException when it is no such struct, or larger than is read
     */
    static int read(TBase<?, ?> into, byte[] bytes, int count, int longest) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes, 0, count);
        try {
            into.read(new BoundedThrift(in, longest));
        } catch (TTransportException e) {
            if (e.getType() == TTransportException.END_OF_FILE) {
                throw new CutException(e);
            }
            throw new IOException("its metadata is damaged: " + e.getMessage(), e);
        } catch (TException e) {
            throw new IOException("its metadata is damaged: " + e.getMessage(), e);
        }
        return count - in.available();
    }

    private void begin(long count) throws TProtocolException {
        values += count;
        if (++depth > DEEPEST || values > MOST_VALUES) {
            throw new TProtocolException(
                    TProtocolException.SIZE_LIMIT,
                    "it is nested deeper than " + DEEPEST + " or has more than " + MOST_VALUES + " values");
        }
    }

    @Override
    public TStruct readStructBegin() throws TException {
        begin(1);
        return super.readStructBegin();
    }

    @Override
    public void readStructEnd() throws TException {
        depth--;
        super.readStructEnd();
    }

    @Override
    public TList readListBegin() throws TException {
        TList list = super.readListBegin();
        begin(list.size);
        return list;
    }

    @Override
    public void readListEnd() throws TException {
        depth--;
        super.readListEnd();
    }

    @Override
    public TSet readSetBegin() throws TException {
        TSet set = super.readSetBegin();
        begin(set.size);
        return set;
    }

    @Override
    public void readSetEnd() throws TException {
        depth--;
        super.readSetEnd();
    }

    @Override
    public TMap readMapBegin() throws TException {
        TMap map = super.readMapBegin();
        begin(2L * map.size);
        return map;
    }

    @Override
    public void readMapEnd() throws TException {
        depth--;
        super.readMapEnd();
    }
}
