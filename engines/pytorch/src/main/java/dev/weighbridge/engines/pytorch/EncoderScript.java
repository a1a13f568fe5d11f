package dev.weighbridge.engines.pytorch;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Encoder;
import dev.weighbridge.inference.model.RelativeBuckets;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Writes the method {@code encode}, which reads one slot's prompt and leaves the keys and values of every decoder block's
 * cross-attention in the last cache. All blocks of an encoder must be alike.
 */
final class EncoderScript {
    private final ScriptLines lines;
    private final Definition definition;
    private final Encoder encoder;
    private final CacheType cacheType;
    private final ScriptTables tables;
    private final boolean cuda;
    private final List<List<Role>> matrices = new ArrayList<>();

    EncoderScript(
            ScriptLines lines,
            Definition definition,
            Encoder encoder,
            CacheType cacheType,
            ScriptTables tables,
            boolean cuda) {
        this.lines = lines;
        this.definition = definition;
        this.encoder = encoder;
        this.cacheType = cacheType;
        this.tables = tables;
        this.cuda = cuda;
        if (encoder.blocks().stream().distinct().count() > 1) {
            throw new IllegalArgumentException("the blocks of an encoder must be alike");
        }
    }

    /**
     * Writes the methods.
     *
     * @param order that takes the vectors
     * @param firstMatrix place of the first of {@link #matrices}
     */
    void write(String type, WeightOrder order, int firstMatrix) {
        Block block = encoder.blocks().get(0);
        WeightOrder ofBlock =
                new BlockScript("encoding", lines, block, definition.hiddenSize(), cacheType).writeEncoding(type);
        WeightOrder own = new WeightOrder();
        for (int number = 0; number < encoder.blocks().size(); number++) {
            own.append(ofBlock, definition.encoderLayer(number));
        }
        matrices.addAll(own.matrices());
        int firstSource = firstMatrix + matrices.size();
        for (int layer = 0; layer < definition.layers(); layer++) {
            matrices.add(List.of(Role.of(Part.CROSS_KEY, layer), Role.of(Part.CROSS_VALUE, layer)));
        }
        int firstVector = order.vectors().size();
        own.vectors().forEach(order::vector);
        String norm = "vectors[" + order.vector(List.of(Role.of(Part.ENCODER_NORM))) + "]";
        lines.open(
                "def encode(self, embedding: Tensor, vectors: List[Tensor], matrices: List[{}], tables: List[Tensor],"
                        + " caches: List[Tensor], ids: Tensor, positions: Tensor, tokens: int, slot: int) -> int:",
                type);
        String device = cuda ? ".to(embedding.device)" : "";
        lines.line("at = torch.slice(positions{}, 0, 0, tokens)", device);
        lines.line("x = self.embed(embedding, vectors, torch.slice(ids{}, 0, 0, tokens), at)", device);
        mask(block.attention());
        lines.open("for e in range({}):", encoder.blocks().size());
        lines.line(
                "x = self.encoding(x, vectors, matrices, {} + {} * e, {} + {} * e, mask)",
                firstVector,
                ofBlock.vectors().size(),
                firstMatrix,
                ofBlock.matrices().size());
        lines.close();
        lines.line("x = {}", BlockScript.norm(encoder.finalNorm(), "x", definition.hiddenSize(), norm, null));
        sources(firstSource);
        lines.line("return tokens");
        lines.close();
    }

    private void mask(Attention attention) {
        RelativeBuckets buckets = attention.relative();
        lines.line("mask = annotate(Optional[Tensor], None)");
        if (buckets == null) {
            return;
        }
        int table = tables.biases(buckets);
        lines.line("middle = torch.floordiv(tables[{}].size(0) - 1, 2)", table);
        lines.line("offsets = at.unsqueeze(0) - at.unsqueeze(1) + middle");
        lines.line("bias = torch.embedding(tables[{}], offsets).permute([2, 0, 1])", table);
        lines.line("bias = torch.to(bias, {})", cacheType.ofMask(attention));
        lines.line("mask = bias.reshape([1, {}, {} * tokens, tokens])", attention.keyValueHeads(), attention.group());
    }

    private void sources(int firstMatrix) {
        Attention cross = cross(definition);
        int heads = 2 * cross.keyValueHeads();
        lines.line("target = torch.slice(torch.select(caches[{}], 1, slot), 2, 0, tokens)", "len(caches) - 1");
        lines.open("for l in range({}):", definition.layers());
        lines.line(
                "kv = self.linear(x, matrices[{} + l], {}).view([tokens, {}, {}])",
                firstMatrix,
                heads * cross.headSize(),
                heads,
                cross.headSize());
        lines.line("_k = torch.copy_(torch.select(target, 0, l), torch.transpose(kv, 0, 1))");
        lines.close();
    }

    /** The places of the encoder's matrices, and of those that make keys and values of what it gives. */
    List<List<Role>> matrices() {
        return List.copyOf(matrices);
    }

    /** Writes what a pass of the decoder finds of the prompts, for each of its groups: keys, values, and where they end. */
    static void writeSources(ScriptLines lines, Definition definition, int cache) {
        int keys = cross(definition).keyValueHeads();
        lines.line("sourceKeys = annotate(List[List[Tensor]], [])");
        lines.line("sourceValues = annotate(List[List[Tensor]], [])");
        lines.line("sourceMasks = annotate(List[Optional[Tensor]], [])");
        lines.open("for g in range(len(rows)):");
        lines.line("slots = torch.slice(caches[{}], 1, firsts[g], firsts[g] + rows[g])", cache);
        lines.line("used = torch.slice(slots, 3, 0, sources[g])");
        lines.line("_k = torch.append(sourceKeys, torch.unbind(torch.slice(used, 2, 0, {}), 0))", keys);
        lines.line("_v = torch.append(sourceValues, torch.unbind(torch.slice(used, 2, {}, {}), 0))", keys, 2 * keys);
        lines.line("ends = annotate(Optional[Tensor], None)");
        lines.open("if rows[g] > 1:");
        lines.line("own = torch.slice(reach, 0, firsts[g], firsts[g] + rows[g])");
        lines.line("beyond = torch.ge(torch.arange(sources[g], device=x.device), own.unsqueeze(1))");
        lines.line("none = torch.zeros([rows[g], sources[g]], dtype=used.dtype, device=x.device)");
        lines.line("ends = torch.masked_fill(none, beyond, float(\"-inf\")).view([rows[g], 1, 1, sources[g]])");
        lines.close();
        lines.line("_m = torch.append(sourceMasks, ends)");
        lines.close();
    }

    private static Attention cross(Definition definition) {
        return Objects.requireNonNull(definition.blocks().get(0).cross(), "cross-attention")
                .attention();
    }
}
