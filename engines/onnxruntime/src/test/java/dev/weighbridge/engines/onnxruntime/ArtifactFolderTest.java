package dev.weighbridge.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend.Artifact;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.TinyModel;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.reference.GoldenFixture;
import dev.weighbridge.inference.reference.ReferenceDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactFolderTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);
    private static final int[] TOKENS = {5, 9, 2, 60};

    private final OnnxRuntimeBackend backend = new OnnxRuntimeBackend();
    private final TinyModel model = TinyModel.random(TinyModel.llama(4, 2, false), 1);

    @TempDir
    Path temporary;

    private Path folder;
    private Checkpoint checkpoint;

    @BeforeEach
    void writeCheckpoint() throws IOException {
        folder = temporary.resolve("artifact");
        checkpoint = model.write(temporary.resolve("model"), "F32");
    }

    @Test
    void aWholeArtifactIsFoundAgainAndNotWritten() throws Exception {
        Artifact first = backend.compile(checkpoint, Precision.INT8, "cpu", folder);
        age();
        Artifact second = backend.compile(checkpoint, Precision.INT8, "cpu", folder);

        assertThat(second.bytes()).isEqualTo(first.bytes()).isPositive();
        assertThat(Files.getLastModifiedTime(folder.resolve("model.onnx"))).isEqualTo(LONG_AGO);
        assertThat(Files.getLastModifiedTime(folder.resolve("weights.bin"))).isEqualTo(LONG_AGO);
    }

    @Test
    void floatsStoredAsSuchAreMappedFromTheCheckpointItself() throws Exception {
        Artifact artifact = backend.compile(checkpoint, Precision.FP32, "cpu", folder);

        assertThat(folder.resolve("weights.bin")).doesNotExist();
        long floats = model.weights().values().stream().mapToLong(w -> w.length).sum() * Float.BYTES;
        assertThat(artifact.bytes()).isBetween(floats, floats + 100);
        assertThat(Files.size(folder.resolve("model.onnx"))).isLessThan(floats / 4);
        assertAnswers(artifact, model, 1e-4);
    }

    @Test
    void aCheckpointBehindSymbolicLinksIsMappedFromWhereItReallyLies() throws Exception {
        Path links = Files.createDirectory(temporary.resolve("links"));
        Path link = Files.createSymbolicLink(links.resolve("model"), checkpoint.folder());

        Artifact artifact = backend.compile(model.write(link, "F32"), Precision.FP32, "cpu", folder);

        assertThat(folder.resolve("weights.bin")).doesNotExist();
        assertAnswers(artifact, model, 1e-4);
    }

    @Test
    void anArtifactFolderBehindASymbolicLinkCanBeLoaded() throws Exception {
        Path link =
                Files.createSymbolicLink(temporary.resolve("link"), Files.createDirectory(temporary.resolve("real")));

        assertAnswers(backend.compile(checkpoint, Precision.INT8, "cpu", link.resolve("artifact")), model, 0.3);
    }

    @Test
    void sixteenBitWeightsAreWrittenAsFloats() throws Exception {
        Checkpoint sixteen = model.write(temporary.resolve("sixteen"), "BF16");

        Artifact artifact = backend.compile(sixteen, Precision.FP32, "cpu", folder);

        assertThat(folder.resolve("weights.bin")).exists();
        assertAnswers(artifact, model.truncatedToBf16(), 1e-4);
    }

    @Test
    void fewerBitsTakeFewerBytes() throws Exception {
        long fp32 = backend.compile(checkpoint, Precision.FP32, "cpu", folder.resolve("fp32"))
                .bytes();
        long int8 = backend.compile(checkpoint, Precision.INT8, "cpu", folder.resolve("int8"))
                .bytes();
        long int4 = backend.compile(checkpoint, Precision.INT4, "cpu", folder.resolve("int4"))
                .bytes();

        assertThat(int8).isLessThan(fp32);
        assertThat(int4).isLessThan(int8);
    }

    @Test
    void theArtifactOfAnotherCheckpointIsReplaced() throws Exception {
        backend.compile(checkpoint, Precision.INT8, "cpu", folder);
        TinyModel other = TinyModel.random(model.definition(), 99);

        Artifact artifact =
                backend.compile(other.write(temporary.resolve("other"), "F32"), Precision.INT8, "cpu", folder);

        assertAnswers(artifact, other, 0.3);
    }

    @Test
    void theArtifactOfAnotherPrecisionIsReplaced() throws Exception {
        backend.compile(checkpoint, Precision.INT4, "cpu", folder);

        assertAnswers(backend.compile(checkpoint, Precision.FP32, "cpu", folder), model, 1e-4);
        assertThat(folder.resolve("weights.bin")).doesNotExist();
    }

    @Test
    void anArtifactWithoutItsMarkerIsBuiltAgain() throws Exception {
        backend.compile(checkpoint, Precision.INT8, "cpu", folder);
        Files.delete(folder.resolve("artifact.properties"));
        Files.write(folder.resolve("weights.bin"), new byte[10]);
        Files.write(folder.resolve("weights.bin.partial"), new byte[10]);
        Files.write(folder.resolve("model.onnx.partial"), new byte[10]);

        assertAnswers(backend.compile(checkpoint, Precision.INT8, "cpu", folder), model, 0.3);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("artifact.lock", "artifact.properties", "model.onnx", "weights.bin");
        }
    }

    @Test
    void aFileThatIsShorterThanItWasIsBuiltAgain() throws Exception {
        for (String file : List.of("model.onnx", "weights.bin")) {
            backend.compile(checkpoint, Precision.INT8, "cpu", folder);
            try (var channel = Files.newByteChannel(folder.resolve(file), StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() - 1);
            }
            assertAnswers(backend.compile(checkpoint, Precision.INT8, "cpu", folder), model, 0.3);
        }
    }

    @Test
    void aMarkerOfAnotherFormatOrOfNoneIsNotBelieved() throws Exception {
        backend.compile(checkpoint, Precision.INT8, "cpu", folder);
        Path marker = folder.resolve("artifact.properties");
        String right = Files.readString(marker);
        for (String wrong :
                List.of(right.replace("format=", "format=9"), "", "\\uZZZZ", right.replace("int8", "int4"))) {
            Files.writeString(marker, wrong);
            age();
            backend.compile(checkpoint, Precision.INT8, "cpu", folder);
            assertThat(Files.readString(marker)).isEqualTo(right);
            assertThat(Files.getLastModifiedTime(folder.resolve("weights.bin"))).isGreaterThan(LONG_AGO);
        }
    }

    @Test
    void theArtifactOfAnotherGraphIsBuiltAgain() throws Exception {
        backend.compile(checkpoint, Precision.INT8, "cpu", folder);
        String marker = Files.readString(folder.resolve("artifact.properties"));
        Block block = model.definition().blocks().get(0);
        Attention windowed = block.attention().withWindow(2);
        Block narrower = Block.sequential(Norm.rms(1e-5), windowed, block.mlp());
        Checkpoint sameWeights = checkpoint(Collections.nCopies(2, narrower));
        age();

        backend.compile(sameWeights, Precision.INT8, "cpu", folder);

        assertThat(sameWeights.sha256()).isEqualTo(checkpoint.sha256());
        assertThat(Files.readString(folder.resolve("artifact.properties"))).isNotEqualTo(marker);
        assertThat(Files.getLastModifiedTime(folder.resolve("model.onnx"))).isGreaterThan(LONG_AGO);
    }

    /** The checkpoint as if its graph were written otherwise. */
    private Checkpoint checkpoint(List<Block> blocks) {
        Definition own = checkpoint.definition();
        Definition other = new Definition(
                own.vocabularySize(),
                own.hiddenSize(),
                own.contextLength(),
                own.embedding(),
                blocks,
                own.finalNorm(),
                own.head());
        return new Checkpoint(
                checkpoint.folder(),
                checkpoint.name(),
                other,
                checkpoint.weights(),
                checkpoint.endOfSequence(),
                checkpoint.sha256());
    }

    @Test
    void weightsThatMustBePutTogetherAreWritten() throws Exception {
        GoldenFixture golden = GoldenFixture.open("gpt2", temporary);

        Artifact artifact = backend.compile(golden.checkpoint(), Precision.FP32, "cpu", folder);

        assertThat(Files.size(folder.resolve("weights.bin"))).isLessThanOrEqualTo(artifact.bytes());
    }

    @Test
    void anArtifactThatVanishedBeforeLoadingIsReported() throws Exception {
        Artifact artifact = backend.compile(checkpoint, Precision.INT8, "cpu", folder);
        Files.delete(folder.resolve("weights.bin"));

        assertThatThrownBy(() -> backend.load(artifact, "cpu", 1, 16, 1))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("not whole");
    }

    @Test
    void aFolderThatCannotBeMadeIsReported() throws Exception {
        Path file = Files.createFile(temporary.resolve("file"));

        assertThatThrownBy(() -> backend.compile(checkpoint, Precision.INT8, "cpu", file.resolve("artifact")))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("cannot be written");
    }

    @Test
    void severalThreadsCompileTheSameArtifactOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Artifact>> artifacts = IntStream.range(0, 4)
                    .mapToObj(i -> threads.submit(() -> backend.compile(checkpoint, Precision.INT4, "cpu", folder)))
                    .toList();
            for (Future<Artifact> artifact : artifacts) {
                assertThat(artifact.get().bytes()).isPositive();
            }
        } finally {
            threads.shutdown();
        }
        assertAnswers(backend.compile(checkpoint, Precision.INT4, "cpu", folder), model, 3);
    }

    private void age() throws IOException {
        for (String file : List.of("model.onnx", "weights.bin")) {
            Files.setLastModifiedTime(folder.resolve(file), LONG_AGO);
        }
    }

    private void assertAnswers(Artifact artifact, TinyModel expected, double tolerance) throws IOException {
        Checkpoint model = expected.write(Files.createTempDirectory(temporary, "expected"), "F32");
        double[] reference = ReferenceDecoder.logits(model, ReferenceDecoder.Linear::exact, TOKENS)[3];
        try (DecoderSession session = backend.load(artifact, "cpu", 1, 16, 1)) {
            var logits = session.prefill(0, 0, TOKENS, false);
            for (int i = 0; i < reference.length; i++) {
                assertThat(Math.abs(logits.get(i) - reference[i])).isLessThan(tolerance);
            }
        }
    }
}
