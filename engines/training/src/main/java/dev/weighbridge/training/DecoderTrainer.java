package dev.weighbridge.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.weighbridge.engines.pytorch.archive.TorchScriptArchive;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;

/** A decoder with its optimizer state in libtorch; every step is one TorchScript call. Used by one thread. */
final class DecoderTrainer implements AutoCloseable {
    private static final int POSITIONS = 256;

    private final PtNDManager manager;
    private final PtSymbolBlock block;
    private final List<DecoderWeights.Weight> described;
    private final List<PtNDArray> weights = new ArrayList<>();
    private final List<PtNDArray> firstMoments = new ArrayList<>();
    private final List<PtNDArray> secondMoments = new ArrayList<>();
    private final List<PtNDArray> steps = new ArrayList<>();
    private final PtNDArray cosines;
    private final PtNDArray sines;

    DecoderTrainer(DecoderShape definition, List<DecoderWeights.Weight> initial, int threads)
            throws java.io.IOException {
        manager = (PtNDManager) NDManager.newBaseManager(Device.cpu(), "PyTorch");
        JniUtils.setNumThreads(threads);
        described = initial;
        byte[] archive = TorchScriptArchive.of("Trainer", TrainingScript.of(definition));
        block = JniUtils.loadModule(manager, new ByteArrayInputStream(archive), true, false);
        for (DecoderWeights.Weight weight : initial) {
            PtNDArray values = floats(weight.values(), weight.shape());
            JniUtils.attachGradient(values, true);
            weights.add(values);
            firstMoments.add((PtNDArray) manager.zeros(values.getShape()));
            secondMoments.add((PtNDArray) manager.zeros(values.getShape()));
            steps.add((PtNDArray) manager.zeros(new Shape()));
        }
        int pairs = definition.headSize() / 2;
        cosines = floats(DecoderWeights.rotary(definition, POSITIONS, true), List.of(POSITIONS, pairs));
        sines = floats(DecoderWeights.rotary(definition, POSITIONS, false), List.of(POSITIONS, pairs));
    }

    /** Takes one optimizer step and returns the loss before it. */
    float step(TrainingData.Batch batch, float learningRate) {
        JniUtils.setGradMode(true);
        try (NDManager scope = manager.newSubManager()) {
            NDList inputs = inputs(scope, "step");
            add(inputs, firstMoments, "m[]");
            add(inputs, secondMoments, "v[]");
            add(inputs, steps, "t[]");
            addTables(inputs);
            Shape shape = new Shape(batch.rows(), batch.columns());
            inputs.add(scope.create(batch.ids(), shape));
            inputs.add(scope.create(batch.targets(), shape));
            inputs.add(scope.create(new float[] {learningRate}));
            try (NDList loss = IValueUtils.forward(block, inputs, true)) {
                return loss.get(0).getFloat();
            }
        }
    }

    /** The most likely next token at every position of the batch, row-major. */
    long[] predict(TrainingData.Batch batch) {
        JniUtils.setGradMode(false);
        try (NDManager scope = manager.newSubManager()) {
            NDList inputs = inputs(scope, "predict");
            addTables(inputs);
            inputs.add(scope.create(batch.ids(), new Shape(batch.rows(), batch.columns())));
            try (NDList predicted = IValueUtils.forward(block, inputs, false)) {
                return predicted.get(0).toLongArray();
            }
        }
    }

    /** A copy of the weights as they are now. */
    List<DecoderWeights.Weight> weights() {
        List<DecoderWeights.Weight> copies = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            DecoderWeights.Weight weight = described.get(i);
            copies.add(new DecoderWeights.Weight(
                    weight.role(), weight.name(), weight.shape(), weights.get(i).toFloatArray()));
        }
        return copies;
    }

    @Override
    public void close() {
        manager.close();
    }

    /** DJL calls the method that the first array's name tells; arrays named {@code x[]} become one list argument. */
    private NDList inputs(NDManager scope, String method) {
        NDList inputs = new NDList();
        NDArray selector = scope.create(0f);
        selector.setName("module_method:" + method);
        inputs.add(selector);
        add(inputs, weights, "w[]");
        return inputs;
    }

    private void addTables(NDList inputs) {
        inputs.add(cosines);
        inputs.add(sines);
    }

    private static void add(NDList inputs, List<PtNDArray> arrays, String name) {
        for (PtNDArray array : arrays) {
            array.setName(name);
            inputs.add(array);
        }
    }

    private PtNDArray floats(float[] values, List<Integer> shape) {
        return (PtNDArray) manager.create(
                values, new Shape(shape.stream().mapToLong(Integer::longValue).toArray()));
    }
}
