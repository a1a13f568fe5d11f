package dev.weighbridge.gateway.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.gateway.GatewayFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guard that asks a tiny model, by the engine that runs it. */
class ClassifierGuardTest {
    private static final Path MODELS = Path.of("../../engines/onnxruntime/src/test/resources/encoders");

    @TempDir
    private Path folder;

    private static GuardChain chain(Map<String, Object> guard) {
        return GuardChain.of(Map.of("guards", List.of(guard)), MODELS, name -> null);
    }

    private static GuardChain usual() {
        return chain(Map.of("type", "classifier", "model", "toxicity", "labels", List.of("toxic", "insult")));
    }

    @Test
    void whatTheModelFindsHarmfulIsBlocked() {
        GuardChain chain = usual();
        assertThat(chain.judge(Side.INPUT, "You are kind.").verdict()).isEqualTo(Verdict.PASS);
        assertThat(chain.judge(Side.OUTPUT, "You IDIOT!").verdict())
                .isEqualTo(new Verdict.Blocked("classifier", "toxic+insult", ""));
        assertThat(chain.judge(Side.INPUT, "").verdict()).isEqualTo(Verdict.PASS);
        assertThat(chain.judge(Side.INPUT, "\uD83D \uDE00 \uD83D\uDE00").verdict())
                .isEqualTo(Verdict.PASS);
        assertThat(chain(Map.of("type", "classifier", "model", "toxicity", "labels", "toxic", "threshold", "0.9999"))
                        .judge(Side.INPUT, "You IDIOT!")
                        .verdict())
                .isEqualTo(Verdict.PASS);
    }

    @Test
    void aLongBeginningHidesNothing() {
        String harmless = "the cat sat on the mat and the dog sat on the cat. ".repeat(10);
        assertThat(usual().judge(Side.INPUT, harmless + "you idiot").verdict()).isInstanceOf(Verdict.Blocked.class);
        assertThat(usual().judge(Side.INPUT, harmless).verdict()).isEqualTo(Verdict.PASS);
        Judgement tooLong = usual().judge(Side.INPUT, harmless.repeat(20_000));
        assertThat(tooLong.failed()).containsExactly("classifier");
        assertThat(tooLong.verdict()).isEqualTo(new Verdict.Blocked("classifier", "guard-failed", ""));
    }

    @Test
    void theDescriptionNamesTheModelByItsContent() {
        assertThat(usual().description())
                .containsPattern("\"labels\":\\[\"toxic\",\"insult\"\\],\"longest\":16,\"model\":\"toxicity\"")
                .containsPattern("\"sha256\":\"[0-9a-f]{64}\"")
                .contains("\"threshold\":0.5");
    }

    @Test
    void whatCannotBeUsedIsToldWhenTheFileIsRead() throws IOException {
        assertRefused(Map.of("type", "classifier", "labels", "toxic"), "guards[0].model is missing");
        assertRefused(Map.of("type", "classifier", "model", "toxicity"), "guards[0].labels is missing");
        assertRefused(
                Map.of("type", "classifier", "model", "toxicity", "labels", List.of()),
                "guards[0]: name one or more labels of model toxicity");
        assertRefused(
                Map.of("type", "classifier", "model", "toxicity", "labels", "rude"),
                "guards[0]: model toxicity must have");
        assertRefused(
                Map.of("type", "classifier", "model", "none", "labels", "toxic"), "guards[0]: there is no folder");
        assertRefused(Map.of("type", "classifier", "model", "toxicity", "labels", "toxic", "threshold", 0), "above 0");
        assertRefused(
                Map.of("type", "classifier", "model", "toxicity", "labels", "toxic", "threshold", "high"),
                "guards[0].threshold must be a number from 0.0 to 1.0, got: high");
        Path file = folder.resolve("guards.yaml");
        Files.writeString(file, "guards:\n  guards:\n    - {type: classifier, model: nowhere, labels: [toxic]}\n");
        assertThatThrownBy(() -> GatewayFile.read(file, name -> null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no folder " + folder.resolve("nowhere"));
        Files.writeString(file, "cache: standard\n");
        assertThatThrownBy(() -> GatewayFile.guards(file, name -> null)).hasMessageContaining("has no guards");
        Files.writeString(file, "cache: {embedding: nowhere}\n");
        assertThatThrownBy(() -> GatewayFile.read(file, name -> null))
                .hasMessageContaining("there is no folder " + folder.resolve("nowhere"));
    }

    private static void assertRefused(Map<String, Object> guard, String message) {
        assertThatThrownBy(() -> chain(guard))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
