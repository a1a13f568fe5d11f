package dev.weighbridge.engines.onnxruntime;

import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.weighbridge.inference.backend.EncoderDecoderSession;
import dev.weighbridge.inference.model.Definition;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.HashMap;
import java.util.Map;

/** An {@link OnnxDecoderSession} with the session of an encoder beside it, whose answers it copies into its slots. */
final class OnnxEncoderDecoderSession extends OnnxDecoderSession implements EncoderDecoderSession {
    private final OrtSession decoder;
    private final OrtSession encoder;
    private final int layers;
    private final Map<String, OnnxTensor> tables = new HashMap<>();
    private boolean closed;

    /**
     * Binds both sessions.
     *
     * @param decoder closed with this
     * @param encoder closed with this
     * @param ofEncoder its tables
     */
    OnnxEncoderDecoderSession(
            NDManager owner,
            OrtSession decoder,
            OrtSession encoder,
            Definition definition,
            PositionTables positions,
            PositionTables ofEncoder,
            int slots,
            int contextLength)
            throws OrtException {
        super(owner, decoder, definition, positions, slots, contextLength);
        this.decoder = decoder;
        this.encoder = encoder;
        this.layers = definition.layers();
        for (Map.Entry<String, PositionTables.Table> table : ofEncoder.tables().entrySet()) {
            tables.put(
                    table.getKey(),
                    OnnxTensor.createTensor(
                            OnnxRuntimeLibrary.environment(),
                            table.getValue().view(),
                            table.getValue().shape()));
        }
    }

    @Override
    public void encode(int slot, int[] tokens) {
        EncodedPrompts prompts = prompts(slot, tokens);
        Map<String, OnnxTensor> inputs = new HashMap<>(tables);
        try (OnnxTensor prompt = OnnxTensor.createTensor(
                OnnxRuntimeLibrary.environment(), IntBuffer.wrap(tokens), new long[] {1, tokens.length})) {
            inputs.put(EncoderGraph.TOKENS, prompt);
            try (OrtSession.Result read = encoder.run(inputs)) {
                for (int layer = 0; layer < layers; layer++) {
                    prompts.cache()
                            .put(
                                    layer,
                                    slot,
                                    floats(read, DecoderGraph.sourceKey(layer)),
                                    floats(read, DecoderGraph.sourceValue(layer)),
                                    tokens.length);
                }
            }
            prompts.slotLengths().put(slot, tokens.length);
        } catch (OrtException e) {
            throw OnnxRuntimeLibrary.failed("reading of a prompt of " + tokens.length + " tokens", e);
        }
    }

    private static FloatBuffer floats(OrtSession.Result result, String name) {
        return ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
    }

    @Override
    public void close() {
        super.close();
        if (closed) {
            return;
        }
        closed = true;
        tables.values().forEach(OnnxTensor::close);
        try {
            encoder.close();
            decoder.close();
        } catch (OrtException e) {
            throw OnnxRuntimeLibrary.failed("closing of an encoder and its decoder", e);
        }
    }
}
