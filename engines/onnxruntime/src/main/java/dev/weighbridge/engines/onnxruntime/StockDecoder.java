package dev.weighbridge.engines.onnxruntime;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.onnxruntime.engine.OrtNDManager;
import ai.djl.onnxruntime.engine.OrtSymbolBlock;
import ai.djl.training.ParameterStore;
import ai.onnxruntime.OrtSession;
import dev.weighbridge.inference.model.Definition;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The same decoder run the way DJL runs any ONNX model: every input copied in, every output a new array, the cache handed
 * from one pass to the next.
 *
 * <p>Slower than {@link OnnxDecoderSession} and free of its tricks with memory, hence what that one is held against.
 */
final class StockDecoder implements AutoCloseable {
    private final Definition definition;
    private final PositionTables positions;
    private final NDManager manager;
    private final OrtSymbolBlock block;
    private final List<String> inputNames;
    private final List<String> outputNames;
    private final List<NDArray> cache = new ArrayList<>();
    private int past;

    /**
     * Starts an empty sequence.
     *
     * @param session of a decoder graph
     * @param owner that DJL hands the session to: closing it closes the session, closing this does not
     */
    StockDecoder(OrtSession session, NDManager owner, Definition definition, PositionTables positions) {
        this.definition = definition;
        this.positions = positions;
        this.block = new OrtSymbolBlock(session, (OrtNDManager) owner);
        this.manager = owner.newSubManager();
        this.inputNames = List.copyOf(session.getInputNames());
        this.outputNames = List.copyOf(session.getOutputNames());
        for (int i = 0; i < 2 * definition.layers(); i++) {
            CacheShape shape = CacheShape.of(definition.attention(i / 2));
            Shape empty = new Shape(1, shape.heads(), 0, shape.headSize());
            cache.add(manager.create(DirectMemory.zeroed(0).asFloatBuffer(), empty, DataType.FLOAT32));
        }
    }

    /** Appends tokens to the sequence and returns the logits of the last one. */
    float[] append(int... tokens) {
        int total = past + tokens.length;
        NDList inputs = new NDList();
        for (String name : inputNames) {
            NDArray array = input(name, tokens, total);
            array.setName(name);
            inputs.add(array);
        }
        NDList outputs = block.forward(new ParameterStore(manager, false), inputs, false);
        outputs.attach(manager);
        for (int layer = 0; layer < definition.layers(); layer++) {
            keep(2 * layer, outputs.get(outputNames.indexOf(DecoderGraph.presentKey(layer))));
            keep(2 * layer + 1, outputs.get(outputNames.indexOf(DecoderGraph.presentValue(layer))));
        }
        past = total;
        FloatBuffer logits = outputs.get(outputNames.indexOf(DecoderGraph.LOGITS))
                .toByteBuffer()
                .asFloatBuffer();
        float[] values = new float[definition.vocabularySize()];
        logits.get(values);
        return values;
    }

    @Override
    public void close() {
        manager.close();
    }

    private void keep(int index, NDArray present) {
        cache.get(index).close();
        cache.set(index, present);
    }

    private NDArray input(String name, int[] tokens, int total) {
        PositionTables.Table table = positions.tables().get(name);
        if (table != null) {
            return manager.create(table.view(), new Shape(table.shape()), DataType.FLOAT32);
        }
        return switch (name) {
            case DecoderGraph.TOKENS -> ints(new Shape(1, tokens.length), tokens);
            case DecoderGraph.LOGIT_INDEX -> ints(new Shape(1), tokens.length - 1);
            case DecoderGraph.LAST_POSITION -> ints(new Shape(1), total - 1);
            case DecoderGraph.TOTAL_LENGTH -> ints(new Shape(), total);
            default -> cache.get(cacheIndex(name));
        };
    }

    private int cacheIndex(String name) {
        for (int layer = 0; layer < definition.layers(); layer++) {
            if (name.equals(DecoderGraph.pastKey(layer))) {
                return 2 * layer;
            }
            if (name.equals(DecoderGraph.pastValue(layer))) {
                return 2 * layer + 1;
            }
        }
        throw new IllegalStateException("the graph has an input of an unknown name: " + name);
    }

    private NDArray ints(Shape shape, int... values) {
        ByteBuffer bytes = DirectMemory.zeroed(values.length * Integer.BYTES);
        Buffer buffer = bytes.asIntBuffer().put(values).flip();
        return manager.create(buffer, shape, DataType.INT32);
    }
}
