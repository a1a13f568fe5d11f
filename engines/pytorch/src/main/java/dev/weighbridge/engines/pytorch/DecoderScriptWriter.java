package dev.weighbridge.engines.pytorch;

import dev.weighbridge.inference.model.Alibi;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import dev.weighbridge.inference.model.Rotary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes {@link DecoderScript}: its source, and with it the order of its weights. */
final class DecoderScriptWriter {
    private record CacheShape(int keyValueHeads, int headSize) {
        static CacheShape of(Block block) {
            return new CacheShape(
                    block.attention().keyValueHeads(), block.attention().headSize());
        }
    }

    /** Cosines and sines as a block takes them. */
    private record Turn(Rotary rotary, int rotatedHeads, int otherHeads, int headSize) {
        static @Nullable Turn of(Block block) {
            Attention attention = block.attention();
            Rotary rotary = attention.rotary();
            if (rotary == null) {
                return null;
            }
            // A part of a head is turned by itself, and then the number of heads has no bearing.
            return rotary.size() == attention.headSize()
                    ? new Turn(
                            rotary,
                            attention.heads() + attention.keyValueHeads(),
                            attention.keyValueHeads(),
                            attention.headSize())
                    : new Turn(rotary, 0, 0, 0);
        }
    }

    /** What is added to the scores. */
    private record Mask(int window, @Nullable Alibi alibi, int keyValueHeads, int group, int type) {
        static Mask of(Block block, CacheType cacheType) {
            Attention attention = block.attention();
            return new Mask(
                    attention.window(),
                    attention.alibi(),
                    attention.alibi() == null ? 1 : attention.keyValueHeads(),
                    attention.group(),
                    cacheType.ofMask(attention));
        }
    }

    private final Definition definition;
    private final CacheType cacheType;
    private final boolean cuda;
    private final ScriptTables tables;
    private final List<Block> kinds;
    private final List<CacheShape> caches;
    private final List<Turn> turns;
    private final List<Mask> masks;
    private final ScriptLines lines = new ScriptLines();
    private final WeightOrder order = new WeightOrder();
    private final List<WeightOrder> ofKinds = new ArrayList<>();

    DecoderScriptWriter(Definition definition, CacheType cacheType, boolean cuda) {
        this.definition = definition;
        this.cacheType = cacheType;
        this.cuda = cuda;
        tables = ScriptTables.of(definition);
        kinds = distinct(block -> block);
        caches = distinct(CacheShape::of);
        turns = distinct(Turn::of);
        masks = distinct(block -> Mask.of(block, cacheType));
    }

    private <T> List<T> distinct(Function<Block, @Nullable T> property) {
        List<T> found = new ArrayList<>();
        for (Block block : definition.blocks()) {
            T value = property.apply(block);
            if (value != null && !found.contains(value)) {
                found.add(value);
            }
        }
        return found;
    }

    DecoderScript write(LinearScript linear) {
        String type = linear.type();
        lines.open("class {}(Module):", DecoderScript.CLASS_NAME);
        lines.paste(linear.methods());
        lists(type);
        cache();
        BlockScript.writeShared(lines);
        embed();
        for (int mask = 0; mask < masks.size(); mask++) {
            mask(mask, masks.get(mask));
        }
        for (int kind = 0; kind < kinds.size(); kind++) {
            BlockScript block = new BlockScript(lines, kinds.get(kind), definition.hiddenSize(), cacheType);
            ofKinds.add(block.write("block" + kind, type));
        }
        finish(type);
        blocks(type);
        calls(type);
        for (int layer = 0; layer < definition.layers(); layer++) {
            order.append(ofKinds.get(kind(layer)), layer);
        }
        if (!definition.head().tied()) {
            order.matrix(List.of(Role.of(Part.HEAD)));
        }
        return new DecoderScript(lines.toString(), order.vectors(), order.matrices(), tables);
    }

    private int kind(int layer) {
        return kinds.indexOf(definition.blocks().get(layer));
    }

    /**
     * Lists are made and filled here, because one without a tensor has no type outside. An empty list of the source is a
     * constant, the same one in each call of the method that gives it.
     */
    private void lists(String type) {
        lines.open("def no_vectors(self, like: Tensor) -> List[Tensor]:");
        lines.line("vectors = [like]");
        lines.line("_p = torch.pop(vectors)");
        lines.line("return vectors");
        lines.close();
        lines.open("def no_matrices(self) -> List[{}]:", type);
        lines.line("return annotate(List[{}], [])", type);
        lines.close();
        lines.open("def add_vector(self, vectors: List[Tensor], w: Tensor) -> int:");
        lines.line("_a = torch.append(vectors, torch.clone(w))");
        lines.line("return len(vectors)");
        lines.close();
        lines.open("def add_matrix(self, matrices: List[{}], parts: List[Tensor]) -> int:", type);
        lines.line("_a = torch.append(matrices, self.pack(torch.cat(parts)))");
        lines.line("return len(matrices)");
        lines.close();
        lines.open("def share_matrix(self, matrices: List[{}], w: Tensor) -> int:", type);
        lines.line("_a = torch.append(matrices, self.pack(w))");
        lines.line("return len(matrices)");
        lines.close();
        lines.open("def keep(self, w: Tensor) -> Tensor:");
        lines.line("return torch.clone(w)");
        lines.close();
    }

    private void cache() {
        lines.open("def cache(self, like: Tensor, slots: int, length: int) -> List[Tensor]:");
        lines.line("caches = annotate(List[Tensor], [])");
        for (CacheShape cache : caches) {
            lines.line(
                    "_a = torch.append(caches, torch.zeros([{}, slots, {}, length, {}], dtype={}, device=like.device))",
                    definition.blocks().stream()
                            .filter(block -> CacheShape.of(block).equals(cache))
                            .count(),
                    2 * cache.keyValueHeads(),
                    cache.headSize(),
                    cacheType.number());
        }
        lines.line("return caches");
        lines.close();
        lines.open("def copy(self, caches: List[Tensor], source: int, target: int, length: int) -> int:");
        lines.open("for cache in caches:");
        lines.line("kept = torch.slice(cache, 3, 0, length)");
        lines.line("_c = torch.copy_(torch.select(kept, 1, target), torch.select(kept, 1, source))");
        lines.close();
        lines.line("return length");
        lines.close();
    }

    private void embed() {
        lines.open("def embed(self, embedding: Tensor, vectors: List[Tensor], ids: Tensor, at: Tensor) -> Tensor:");
        lines.line("x = torch.embedding(embedding, ids)");
        if (definition.embedding().scale() != 1) {
            lines.line("x = x * {}", definition.embedding().scale());
        }
        if (definition.embedding().size() != definition.hiddenSize()) {
            lines.line("x = torch.mm(x, torch.t({}))", vector(Part.EMBEDDING_PROJECTION));
        }
        if (definition.embedding().learnedPositions()) {
            lines.line("x = x + torch.embedding({}, at)", vector(Part.POSITIONS));
        }
        norm(definition.embedding().norm(), Part.EMBEDDING_NORM, Part.EMBEDDING_NORM_BIAS);
        lines.line("return x");
        lines.close();
    }

    /** For one token a row the mask is {@code [rows, …, length]}, for several of one row {@code [heads and tokens, length]}. */
    private void mask(int number, Mask mask) {
        lines.open(
                "def mask{}(self, tables: List[Tensor], at: Tensor, rows: int, count: int, length: int)"
                        + " -> Optional[Tensor]:",
                number);
        lines.line("mask = annotate(Optional[Tensor], None)");
        if (mask.alibi() == null) {
            // A single token sees everything that the cache holds of its sequence, or of its window.
            lines.open("if rows * count > 1{}:", mask.window() > 0 ? " or length > " + mask.window() : "");
        }
        lines.line("seen = torch.arange(length, device=at.device)");
        lines.line("hidden = torch.gt(seen, at.unsqueeze(1))");
        if (mask.window() > 0) {
            lines.line("hidden = torch.logical_or(hidden, torch.le(seen, at.unsqueeze(1) - {}))", mask.window());
        }
        if (mask.alibi() == null) {
            lines.line("none = torch.zeros([rows * count, length], dtype={}, device=at.device)", mask.type());
            lines.line("bias = torch.masked_fill(none, hidden, float(\"-inf\"))");
            lines.open("if count == 1:");
            lines.line("mask = bias.view([rows, 1, 1, length])");
            lines.close();
            lines.open("else:");
            lines.line("mask = bias.repeat([{}, 1])", mask.group());
            lines.close();
            lines.close();
        } else {
            String heads = mask.keyValueHeads() + ", " + mask.group();
            lines.line("bias = torch.slice(tables[{}], 1, 0, length)", tables.biases(mask.alibi()));
            lines.open("if count == 1:");
            lines.line("bias = bias.view([1, {}, length])", heads);
            lines.line("mask = torch.masked_fill(bias, hidden.view([rows, 1, 1, length]), float(\"-inf\"))");
            lines.close();
            lines.open("else:");
            lines.line("bias = torch.masked_fill(bias.view([{}, 1, length]), hidden, float(\"-inf\"))", heads);
            lines.line("mask = bias.reshape([1, {}, {} * count, length])", mask.keyValueHeads(), mask.group());
            lines.close();
        }
        lines.line("return mask");
        lines.close();
    }

    private void blocks(String type) {
        lines.open(
                "def blocks(self, x: Tensor, vectors: List[Tensor], matrices: List[{}], tables: List[Tensor],"
                        + " caches: List[Tensor], at: Tensor, first: int, rows: int, count: int, length: int)"
                        + " -> Tensor:",
                type);
        for (int turn = 0; turn < turns.size(); turn++) {
            turn(turn, turns.get(turn));
        }
        for (int mask = 0; mask < masks.size(); mask++) {
            lines.line("mask{} = self.mask{}(tables, at, rows, count, length)", mask, mask);
        }
        for (int cache = 0; cache < caches.size(); cache++) {
            int keys = caches.get(cache).keyValueHeads();
            lines.line("slots{} = torch.slice(caches[{}], 1, first, first + rows)", cache, cache);
            lines.line("used{} = torch.slice(slots{}, 3, 0, length)", cache, cache);
            lines.line("keys{} = torch.unbind(torch.slice(used{}, 2, 0, {}), 0)", cache, cache, keys);
            lines.line("values{} = torch.unbind(torch.slice(used{}, 2, {}, {}), 0)", cache, cache, keys, 2 * keys);
            lines.line("targets{} = torch.unbind(slots{}, 0)", cache, cache);
        }
        lines.line("index = annotate(List[Optional[Tensor]], [])");
        lines.open("if rows == 1:");
        for (int cache = 0; cache < caches.size(); cache++) {
            lines.line("targets{} = torch.unbind(torch.slice(slots{}, 3, length - count, length), 0)", cache, cache);
        }
        lines.close();
        lines.open("else:");
        lines.line("index = annotate(List[Optional[Tensor]], [torch.arange(rows, device=x.device), None, at])");
        lines.close();
        loop();
        lines.line("return x");
        lines.close();
    }

    private void turn(int number, Turn turn) {
        int table = tables.cosines(turn.rotary());
        lines.line("cos{} = torch.embedding(tables[{}], at).unsqueeze(1)", number, table);
        lines.line("sin{} = torch.embedding(tables[{}], at).unsqueeze(1)", number, table + 1);
        if (turn.rotatedHeads() > 0) {
            String wide = ScriptLines.filled("[rows * count, {}, {}]", turn.rotatedHeads(), turn.headSize());
            String pads = ScriptLines.filled("[0, 0, 0, {}]", turn.otherHeads());
            lines.line("cos{} = torch.constant_pad_nd(torch.expand(cos{}, {}), {}, 1.0)", number, number, wide, pads);
            lines.line("sin{} = torch.constant_pad_nd(torch.expand(sin{}, {}), {}, 0.0)", number, number, wide, pads);
        }
    }

    private void loop() {
        int before = order.vectors().size();
        boolean alike = kinds.size() == 1;
        if (!alike) {
            lines.line(
                    "kinds = {}",
                    definition.blocks().stream().map(kinds::indexOf).toList());
            lines.line("v = {}", before);
            lines.line("m = 0");
            for (int cache = 0; cache < caches.size(); cache++) {
                lines.line("l{} = 0", cache);
            }
        }
        lines.open("for l in range({}):", definition.layers());
        for (int kind = 0; kind < kinds.size(); kind++) {
            int vectors = ofKinds.get(kind).vectors().size();
            int matrices = ofKinds.get(kind).matrices().size();
            if (alike) {
                call(kind, before + " + " + vectors + " * l", matrices + " * l", "l");
            } else {
                if (kind == kinds.size() - 1) {
                    lines.open("else:");
                } else {
                    lines.open("{} kinds[l] == {}:", kind == 0 ? "if" : "elif", kind);
                }
                int cache = caches.indexOf(CacheShape.of(kinds.get(kind)));
                call(kind, "v", "m", "l" + cache);
                lines.line("v = v + {}", vectors);
                lines.line("m = m + {}", matrices);
                lines.line("l{} = l{} + 1", cache, cache);
                lines.close();
            }
        }
        lines.close();
    }

    private void call(int kind, String vector, String matrix, String layer) {
        Block block = kinds.get(kind);
        Turn turn = Turn.of(block);
        int cache = caches.indexOf(CacheShape.of(block));
        lines.line(
                "x = self.block{}(x, vectors, matrices, {}, {},{} keys{}[{}], values{}[{}], targets{}[{}], index, mask{},"
                        + " rows, count)",
                kind,
                vector,
                matrix,
                turn == null ? "" : ScriptLines.filled(" cos{}, sin{},", turns.indexOf(turn), turns.indexOf(turn)),
                cache,
                layer,
                cache,
                layer,
                cache,
                layer,
                masks.indexOf(Mask.of(block, cacheType)));
    }

    private void finish(String type) {
        int head = definition.blocks().stream()
                .mapToInt(block -> ofKinds.get(kinds.indexOf(block)).matrices().size())
                .sum();
        lines.open(
                "def finish(self, x: Tensor, vectors: List[Tensor], matrices: List[{}], logits: Tensor) -> int:", type);
        norm(definition.finalNorm(), Part.FINAL_NORM, Part.FINAL_NORM_BIAS);
        if (definition.embedding().size() != definition.hiddenSize()) {
            lines.line("x = torch.mm(x, torch.t({}))", vector(Part.HEAD_PROJECTION));
        }
        if (definition.head().bias()) {
            lines.line("scores = self.biased(x, matrices[{}], {})", head, vector(Part.HEAD_BIAS));
        } else {
            lines.line("scores = self.linear(x, matrices[{}], {})", head, definition.vocabularySize());
        }
        if (definition.head().scale() != 1) {
            lines.line("scores = scores * {}", definition.head().scale());
        }
        double cap = definition.head().softcap();
        if (cap != 0) {
            lines.line("scores = torch.tanh(scores * {}) * {}", 1 / cap, cap);
        }
        lines.line("_l = torch.copy_(torch.slice(logits, 0, 0, scores.size(0)), scores)");
        lines.line("return scores.size(0)");
        lines.close();
    }

    private void calls(String type) {
        String state = ScriptLines.filled(
                "self, embedding: Tensor, vectors: List[Tensor], matrices: List[{}], tables: List[Tensor],"
                        + " caches: List[Tensor], ids: Tensor, logits: Tensor",
                type);
        lines.open("def prefill({}, slot: int, past: int, count: int, wanted: int) -> int:", state);
        lines.line("at = torch.arange(past, past + count, device=embedding.device)");
        lines.line("x = self.embed(embedding, vectors, torch.slice({}, 0, 0, count), at)", onDevice("ids"));
        lines.line("x = self.blocks(x, vectors, matrices, tables, caches, at, slot, 1, count, past + count)");
        lines.line("return self.finish(torch.slice(x, 0, count - wanted, count), vectors, matrices, logits)");
        lines.close();
        lines.open("def step({}, positions: Tensor, rows: int, length: int) -> int:", state);
        lines.line("at = torch.slice({}, 0, 0, rows)", onDevice("positions"));
        lines.line("x = self.embed(embedding, vectors, torch.slice({}, 0, 0, rows), at)", onDevice("ids"));
        lines.line("x = self.blocks(x, vectors, matrices, tables, caches, at, 0, rows, 1, length)");
        lines.line("return self.finish(x, vectors, matrices, logits)");
        lines.close();
    }

    private String onDevice(String tensor) {
        return cuda ? tensor + ".to(embedding.device)" : tensor;
    }

    private void norm(@Nullable Norm norm, Part weight, Part bias) {
        if (norm != null) {
            String weights = vector(weight);
            lines.line(
                    "x = {}",
                    BlockScript.norm(norm, "x", definition.hiddenSize(), weights, norm.bias() ? vector(bias) : null));
        }
    }

    private String vector(Part part) {
        return "vectors[" + order.vector(List.of(Role.of(part))) + "]";
    }
}
