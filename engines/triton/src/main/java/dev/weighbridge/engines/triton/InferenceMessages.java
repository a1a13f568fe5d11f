package dev.weighbridge.engines.triton;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.weighbridge.engines.triton.ModelDescription.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The few messages of KServe's gRPC service that are needed, as bytes. Numbers of fields: KServe's open inference protocol, package
 * {@code inference} in {@code grpc_predict_v2.proto}, and Triton's {@code grpc_service.proto}, which adds the stream and the repository.
 */
final class InferenceMessages {
    /** Parameter that asks Triton for a response that says so when an answer is whole, even where there is nothing else to say. */
    private static final String WANTS_LAST = "triton_enable_empty_final_response";

    private static final String IS_LAST = "triton_final_response";

    private InferenceMessages() {}

    /** Writes the fields of a message. */
    @FunctionalInterface
    private interface Writer {
        void write(CodedOutputStream out) throws IOException;
    }

    /** Reads a field of a message. */
    @FunctionalInterface
    private interface Reader {
        /** Reads the field of that tag; returns whether it did. */
        boolean read(int tag, CodedInputStream in) throws IOException;
    }

    private static byte[] message(Writer fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("a message could not be written to memory", e);
        }
        return bytes.toByteArray();
    }

    private static void read(CodedInputStream in, Reader fields) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (!fields.read(tag, in)) {
                in.skipField(tag);
            }
        }
    }

    /** A message within another, which may not read beyond its end. */
    private static void nested(CodedInputStream in, Reader fields) throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        read(in, fields);
        in.checkLastTagWas(0);
        in.popLimit(limit);
    }

    private static int delimited(int field) {
        return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    private static int varint(int field) {
        return field << 3 | WireFormat.WIRETYPE_VARINT;
    }

    /** A message without fields. */
    static byte[] empty() {
        return new byte[0];
    }

    /** ModelReadyRequest and ModelMetadataRequest. */
    static byte[] modelRequest(Transport.Model model) {
        return message(out -> {
            out.writeString(1, model.name());
            if (!model.version().isEmpty()) {
                out.writeString(2, model.version());
            }
        });
    }

    /** RepositoryIndexRequest for the models that can be asked. */
    static byte[] readyModelsRequest() {
        return message(out -> out.writeBool(2, true));
    }

    /**
     * ModelInferRequest.
     *
     * @param wantsLast whether the server is to say which response is the last one
     */
    static byte[] inferRequest(Transport.Model model, Question question, boolean wantsLast) {
        return message(out -> {
            out.writeString(1, model.name());
            if (!model.version().isEmpty()) {
                out.writeString(2, model.version());
            }
            for (Map.Entry<String, Object> parameter : question.parameters().entrySet()) {
                out.writeByteArray(4, parameter(parameter.getKey(), parameter.getValue()));
            }
            if (wantsLast) {
                out.writeByteArray(4, parameter(WANTS_LAST, true));
            }
            for (InputTensor tensor : question.inputs()) {
                out.writeByteArray(5, tensor(tensor));
            }
        });
    }

    private static byte[] parameter(String name, Object value) {
        byte[] choice = message(out -> {
            if (value instanceof Boolean truth) {
                out.writeBool(1, truth);
            } else if (value instanceof Integer || value instanceof Long) {
                out.writeInt64(2, ((Number) value).longValue());
            } else if (value instanceof Number real) {
                out.writeDouble(4, real.doubleValue());
            } else {
                out.writeString(3, String.valueOf(value));
            }
        });
        return message(out -> {
            out.writeString(1, name);
            out.writeByteArray(2, choice);
        });
    }

    private static byte[] tensor(InputTensor tensor) {
        return message(out -> {
            out.writeString(1, tensor.name());
            out.writeString(2, tensor.datatype());
            for (long size : tensor.shape()) {
                out.writeInt64(3, size);
            }
            out.writeByteArray(5, contents(tensor));
        });
    }

    private static byte[] contents(InputTensor tensor) {
        return message(out -> {
            for (Object value : tensor.values()) {
                switch (tensor.datatype()) {
                    case "BOOL" -> out.writeBool(1, (Boolean) value);
                    case "INT8", "INT16", "INT32" -> out.writeInt32(2, ((Number) value).intValue());
                    case "INT64" -> out.writeInt64(3, ((Number) value).longValue());
                    case "UINT8", "UINT16", "UINT32" -> out.writeUInt32(4, ((Number) value).intValue());
                    case "UINT64" -> out.writeUInt64(5, ((Number) value).longValue());
                    case "FP32" -> out.writeFloat(6, ((Number) value).floatValue());
                    case "FP64" -> out.writeDouble(7, ((Number) value).doubleValue());
                    default -> out.writeString(8, (String) value);
                }
            }
        });
    }

    /** ServerReadyResponse, ServerLiveResponse and ModelReadyResponse: whether it is so. */
    static boolean truth(byte[] bytes) throws IOException {
        boolean[] truth = {false};
        read(CodedInputStream.newInstance(bytes), (tag, in) -> {
            if (tag != varint(1)) {
                return false;
            }
            truth[0] = in.readBool();
            return true;
        });
        return truth[0];
    }

    /** ServerMetadataResponse. */
    static ServerDescription server(byte[] bytes) throws IOException {
        String[] texts = {"", ""};
        List<String> extensions = new ArrayList<>();
        read(CodedInputStream.newInstance(bytes), (tag, in) -> {
            if (tag == delimited(1)) {
                texts[0] = in.readString();
            } else if (tag == delimited(2)) {
                texts[1] = in.readString();
            } else if (tag == delimited(3)) {
                extensions.add(in.readString());
            } else {
                return false;
            }
            return true;
        });
        return new ServerDescription(texts[0], texts[1], extensions);
    }

    /** RepositoryIndexResponse: names of its models, in order. */
    static List<String> models(byte[] bytes) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        read(CodedInputStream.newInstance(bytes), (tag, in) -> {
            if (tag != delimited(1)) {
                return false;
            }
            nested(in, (inner, model) -> inner == delimited(1) && names.add(model.readString()));
            return true;
        });
        return List.copyOf(names);
    }

    /** ModelMetadataResponse. */
    static ModelDescription model(byte[] bytes) throws IOException {
        String[] texts = {"", ""};
        List<String> versions = new ArrayList<>();
        List<Tensor> inputs = new ArrayList<>();
        List<Tensor> outputs = new ArrayList<>();
        read(CodedInputStream.newInstance(bytes), (tag, in) -> {
            if (tag == delimited(1)) {
                texts[0] = in.readString();
            } else if (tag == delimited(2)) {
                versions.add(in.readString());
            } else if (tag == delimited(3)) {
                texts[1] = in.readString();
            } else if (tag == delimited(4)) {
                inputs.add(described(in));
            } else if (tag == delimited(5)) {
                outputs.add(described(in));
            } else {
                return false;
            }
            return true;
        });
        return new ModelDescription(texts[0], versions, texts[1], inputs, outputs);
    }

    /** TensorMetadata. An output of a response begins with the same fields. */
    private static Tensor described(CodedInputStream in) throws IOException {
        OutputTensor tensor = new OutputTensor();
        nested(in, tensor::read);
        return new Tensor(tensor.name, tensor.datatype, tensor.shape);
    }

    /**
     * What a ModelStreamInferResponse holds.
     *
     * @param error that the server tells, empty for none
     * @param response beside it, which may be empty
     */
    record Streamed(String error, Response response) {}

    /** ModelStreamInferResponse. */
    static Streamed streamed(byte[] bytes) throws IOException {
        String[] error = {""};
        InferResponse response = new InferResponse();
        read(CodedInputStream.newInstance(bytes), (tag, in) -> {
            if (tag == delimited(1)) {
                error[0] = in.readString();
            } else if (tag == delimited(2)) {
                nested(in, response::read);
            } else {
                return false;
            }
            return true;
        });
        return new Streamed(error[0], response.response());
    }

    /** ModelInferResponse. */
    static Response response(byte[] bytes) throws IOException {
        InferResponse response = new InferResponse();
        read(CodedInputStream.newInstance(bytes), response::read);
        return response.response();
    }

    /** A ModelInferResponse while it is read. */
    private static final class InferResponse {
        private final List<OutputTensor> outputs = new ArrayList<>();
        private final List<byte[]> raw = new ArrayList<>();
        private boolean last;

        boolean read(int tag, CodedInputStream in) throws IOException {
            if (tag == delimited(4)) {
                readParameter(in);
            } else if (tag == delimited(5)) {
                OutputTensor output = new OutputTensor();
                nested(in, output::read);
                outputs.add(output);
            } else if (tag == delimited(6)) {
                raw.add(in.readByteArray());
            } else {
                return false;
            }
            return true;
        }

        private void readParameter(CodedInputStream in) throws IOException {
            String[] name = {""};
            boolean[] truth = {false};
            nested(in, (tag, entry) -> {
                if (tag == delimited(1)) {
                    name[0] = entry.readString();
                } else if (tag == delimited(2)) {
                    nested(entry, (inner, choice) -> {
                        if (inner != varint(1)) {
                            return false;
                        }
                        truth[0] = choice.readBool();
                        return true;
                    });
                } else {
                    return false;
                }
                return true;
            });
            last |= name[0].equals(IS_LAST) && truth[0];
        }

        Response response() throws IOException {
            Map<String, Object> values = new HashMap<>();
            for (int i = 0; i < outputs.size(); i++) {
                OutputTensor output = outputs.get(i);
                Object first = i < raw.size() ? firstOf(output.datatype, raw.get(i)) : output.first;
                if (first != null) {
                    values.put(output.name, first);
                }
            }
            return new Response(values, last);
        }
    }

    /** An output while it is read, with its first value where it is not among the raw ones. */
    private static final class OutputTensor {
        private String name = "";
        private String datatype = "";
        private final List<Long> shape = new ArrayList<>();
        private @Nullable Object first;

        boolean read(int tag, CodedInputStream in) throws IOException {
            if (tag == delimited(1)) {
                name = in.readString();
            } else if (tag == delimited(2)) {
                datatype = in.readString();
            } else if (tag == varint(3)) {
                shape.add(in.readInt64());
            } else if (tag == delimited(3)) {
                nestedNumbers(in);
            } else if (tag == delimited(5)) {
                nested(in, this::readContents);
            } else {
                return false;
            }
            return true;
        }

        private void nestedNumbers(CodedInputStream in) throws IOException {
            int limit = in.pushLimit(in.readRawVarint32());
            while (in.getBytesUntilLimit() > 0) {
                shape.add(in.readInt64());
            }
            in.popLimit(limit);
        }

        /** InferTensorContents, whose repeated numbers come packed or one by one. */
        private boolean readContents(int tag, CodedInputStream in) throws IOException {
            int field = WireFormat.getTagFieldNumber(tag);
            if (first != null || field < 1 || field > 8) {
                return false;
            }
            if (field == 8) {
                first = in.readByteArray();
            } else if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                int limit = in.pushLimit(in.readRawVarint32());
                if (in.getBytesUntilLimit() > 0) {
                    first = number(field, in);
                }
                in.skipRawBytes(Math.max(0, in.getBytesUntilLimit()));
                in.popLimit(limit);
            } else {
                first = number(field, in);
            }
            return true;
        }

        private static Object number(int field, CodedInputStream in) throws IOException {
            return switch (field) {
                case 1 -> in.readBool();
                case 2 -> in.readInt32();
                case 3 -> in.readInt64();
                case 4 -> Integer.toUnsignedLong(in.readUInt32());
                case 5 -> in.readUInt64();
                case 6 -> in.readFloat();
                default -> in.readDouble();
            };
        }
    }

    /** The first value of raw contents, little-endian; a text has its length in four bytes before it. */
    private static @Nullable Object firstOf(String datatype, byte[] contents) throws IOException {
        if (contents.length == 0) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.wrap(contents).order(ByteOrder.LITTLE_ENDIAN);
        try {
            return switch (datatype) {
                case Tensor.TEXT -> text(bytes);
                case "BOOL" -> bytes.get() != 0;
                case "INT8" -> bytes.get();
                case "UINT8" -> Byte.toUnsignedInt(bytes.get());
                case "INT16" -> bytes.getShort();
                case "UINT16" -> Short.toUnsignedInt(bytes.getShort());
                case "INT32" -> bytes.getInt();
                case "UINT32" -> Integer.toUnsignedLong(bytes.getInt());
                case "INT64", "UINT64" -> bytes.getLong();
                case "FP32" -> bytes.getFloat();
                case "FP64" -> bytes.getDouble();
                default -> null;
            };
        } catch (BufferUnderflowException e) {
            throw new IOException(contents.length + " bytes are no value of " + datatype, e);
        }
    }

    private static byte[] text(ByteBuffer bytes) throws IOException {
        int length = bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw new IOException("a text of " + Integer.toUnsignedLong(length) + " bytes in " + bytes.remaining());
        }
        byte[] text = new byte[length];
        bytes.get(text);
        return text;
    }
}
