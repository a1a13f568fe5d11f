package dev.weighbridge.engines.pytorch.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

class TorchScriptArchiveTest {
    private static final String SOURCE = """
class Sum(Module):
  def forward(self, a: Tensor, b: Tensor) -> Tensor:
    return a * 2. + b
""";

    @Test
    void libtorchRunsTheCodeOfAnArchive() throws IOException {
        try (PtNDManager manager = manager()) {
            byte[] archive = TorchScriptArchive.of("Sum", SOURCE);
            PtSymbolBlock block = JniUtils.loadModule(manager, new ByteArrayInputStream(archive), true, false);

            NDList result = IValueUtils.forward(
                    block, new NDList(manager.create(new float[] {1, 2}), manager.create(new float[] {10, 20})), false);

            assertThat(result.singletonOrThrow().toFloatArray()).containsExactly(12, 24);
        }
    }

    @Test
    void libtorchRefusesAnArchiveWithoutTheClass() {
        try (PtNDManager manager = manager()) {
            byte[] archive = TorchScriptArchive.of("Product", SOURCE);
            assertThatThrownBy(() -> JniUtils.loadModule(manager, new ByteArrayInputStream(archive), true, false))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("Product");
        }
    }

    @Test
    void equalSourcesGiveEqualBytes() {
        assertThat(TorchScriptArchive.of("Sum", SOURCE)).isEqualTo(TorchScriptArchive.of("Sum", SOURCE));
    }

    @Test
    void anArchiveHoldsCodeAndNoTensors() throws IOException {
        List<String> names = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(TorchScriptArchive.of("Sum", SOURCE)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        assertThat(names)
                .containsExactly(
                        "decoder/data.pkl", "decoder/code/__torch__.py", "decoder/constants.pkl", "decoder/version");
    }

    private static PtNDManager manager() {
        return (PtNDManager) NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }
}
