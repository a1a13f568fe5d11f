package dev.weighbridge.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.Dimension;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.ElementType;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.ExternalData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ONNX Runtime itself reads back from a model that was written here. */
class OnnxGraphTest {
    private final OrtEnvironment environment = OnnxRuntimeLibrary.environment();

    @Test
    void namesTypesAndDimensionsAreReadBack() throws Exception {
        OnnxGraph graph = new OnnxGraph();
        graph.input("x", ElementType.FLOAT, Dimension.of("rows"), Dimension.of(3));
        graph.input("length", ElementType.INT32);
        graph.node("Cast", List.of("length"), List.of("number")).attribute("to", 1);
        graph.node("Mul", List.of("x", "number"), List.of("y"));
        graph.output("y", ElementType.FLOAT, Dimension.of("rows"), Dimension.of(3));

        try (OrtSession session = environment.createSession(graph.toModel())) {
            TensorInfo x = (TensorInfo) session.getInputInfo().get("x").getInfo();
            TensorInfo length =
                    (TensorInfo) session.getInputInfo().get("length").getInfo();
            assertThat(session.getInputNames()).containsExactly("x", "length");
            assertThat(session.getOutputNames()).containsExactly("y");
            assertThat(x.type).isEqualTo(OnnxJavaType.FLOAT);
            assertThat(x.getShape()).containsExactly(-1, 3);
            assertThat(x.getDimensionNames()).containsExactly("rows", "");
            assertThat(length.type).isEqualTo(OnnxJavaType.INT32);
            assertThat(length.getShape()).isEmpty();
        }
    }

    @Test
    void attributesAndInlineInitializersTakeEffect() throws Exception {
        OnnxGraph graph = new OnnxGraph();
        graph.input("x", ElementType.FLOAT, Dimension.of(2), Dimension.of(2));
        graph.initializer("weights", new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
        graph.initializer("shape", new long[] {-1}, 1);
        graph.microsoftNode("FusedMatMul", List.of("x", "weights"), List.of("product"))
                .attribute("transB", 1)
                .attribute("alpha", 0.5f);
        graph.node("Reshape", List.of("product", "shape"), List.of("y"));
        graph.output("y", ElementType.FLOAT, Dimension.of(6));

        assertThat(graph.initializerBytes()).isEqualTo(6 * 4 + 8);
        try (OrtSession session = environment.createSession(graph.toModel())) {
            assertThat(run(session, new float[][] {{1, 0}, {0, 1}})).containsExactly(0.5f, 1.5f, 2.5f, 1, 2, 3);
        }
    }

    @Test
    void attributesOfTextTakeEffect() throws Exception {
        OnnxGraph graph = new OnnxGraph();
        graph.input("x", ElementType.FLOAT, Dimension.of(3), Dimension.of(1));
        graph.initializer("target", new float[] {10, 20}, 2);
        graph.initializer("places", new long[] {0, 1, 0}, 3, 1);
        graph.initializer("shape", new long[] {3}, 1);
        graph.node("Reshape", List.of("x", "shape"), List.of("updates"));
        graph.node("ScatterND", List.of("target", "places", "updates"), List.of("y"))
                .attribute("reduction", "add");
        graph.output("y", ElementType.FLOAT, Dimension.of(2));

        try (OrtSession session = environment.createSession(graph.toModel())) {
            assertThat(run(session, new float[][] {{1}, {2}, {4}})).containsExactly(15, 22);
        }
    }

    @Test
    void initializersAreReadFromAnotherFileAtTheirOffset(@TempDir Path folder) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(5 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(new float[] {99, 10, 20, 30, 40});
        Files.write(folder.resolve("weights.bin"), bytes.array());
        OnnxGraph graph = new OnnxGraph();
        graph.input("x", ElementType.FLOAT, Dimension.of(2), Dimension.of(2));
        graph.initializer("addend", ElementType.FLOAT, new ExternalData("weights.bin", 4, 16), 2, 2);
        graph.initializer("shape", new long[] {4}, 1);
        graph.node("Add", List.of("x", "addend"), List.of("sum"));
        graph.node("Reshape", List.of("sum", "shape"), List.of("y"));
        graph.output("y", ElementType.FLOAT, Dimension.of(4));
        Files.write(folder.resolve("model.onnx"), graph.toModel());

        try (OrtSession session =
                environment.createSession(folder.resolve("model.onnx").toString())) {
            assertThat(run(session, new float[][] {{1, 2}, {3, 4}})).containsExactly(11, 22, 33, 44);
        }
    }

    private float[] run(OrtSession session, float[][] x) throws Exception {
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, x);
                OrtSession.Result result = session.run(Map.of("x", tensor))) {
            return (float[]) result.get(0).getValue();
        }
    }
}
