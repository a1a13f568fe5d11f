package dev.weighbridge.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.TinyModel;
import dev.weighbridge.inference.model.Definition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecoderGraphTest {
    private static final Pattern NODE = Pattern.compile("([A-Z][A-Za-z]+)_\\d+\"");

    @TempDir
    Path folder;

    /** Each node more costs time at every step. */
    @Test
    void aBlockOfALlamaTakesTwelveNodes() throws IOException {
        Map<String, Integer> two = operators(TinyModel.llama(48, 2, 4, 2, 16, 72, false));
        Map<String, Integer> three = operators(TinyModel.llama(48, 3, 4, 2, 16, 72, false));

        Map<String, Integer> ofABlock = new TreeMap<>(three);
        two.forEach((operator, count) -> ofABlock.merge(operator, -count, Integer::sum));
        ofABlock.values().removeIf(count -> count == 0);
        assertThat(ofABlock)
                .containsOnly(
                        Map.entry("FusedMatMul", 7),
                        Map.entry("GroupQueryAttention", 1),
                        Map.entry("Mul", 1),
                        Map.entry("QuickGelu", 1),
                        Map.entry("SkipSimplifiedLayerNormalization", 2));
    }

    /** How often the model file names a node after each operator. */
    private Map<String, Integer> operators(Definition definition) throws IOException {
        Checkpoint checkpoint =
                TinyModel.random(definition, 1).write(folder.resolve(Integer.toString(definition.layers())), "F32");
        byte[] model = DecoderGraph.build(
                        checkpoint, Precision.FP32, new WeightStore.Planned(checkpoint.weights(), "weights.bin"))
                .toModel();
        Map<String, Integer> operators = new TreeMap<>();
        Matcher names = NODE.matcher(new String(model, StandardCharsets.ISO_8859_1));
        while (names.find()) {
            operators.merge(names.group(1), 1, Integer::sum);
        }
        return operators;
    }
}
