package dev.weighbridge.engines.pytorch;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Encoder;
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

    /** Tokens of each slot's prompt, and the most of them in each group. */
    private static final String SOURCE_PARAMETERS = ", reach: Tensor, sources: List[int]";

    private final Definition definition;
    private final CacheType cacheType;
    private final boolean cuda;
    private final ScriptTables tables;
    private final List<Block> kinds;
    private final List<CacheShape> caches;
    private final List<Turn> turns;
    private final List<MaskScript> masks;
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
        masks = distinct(block -> MaskScript.of(block, cacheType));
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
            masks.get(mask).write(mask, lines, tables);
        }
        for (int kind = 0; kind < kinds.size(); kind++) {
            BlockScript block =
                    new BlockScript("block" + kind, lines, kinds.get(kind), definition.hiddenSize(), cacheType);
            ofKinds.add(block.write(type));
        }
        int decoderMatrices = definition.blocks().stream()
                .mapToInt(block -> ofKinds.get(kinds.indexOf(block)).matrices().size())
                .sum();
        Encoder encoder = definition.encoder();
        EncoderScript encoding =
                encoder == null ? null : new EncoderScript(lines, definition, encoder, cacheType, tables, cuda);
        if (encoding != null) {
            encoding.write(type, order, decoderMatrices);
        }
        finish(
                type,
                decoderMatrices + (encoding == null ? 0 : encoding.matrices().size()));
        blocks(type);
        forward(type);
        for (int layer = 0; layer < definition.layers(); layer++) {
            order.append(ofKinds.get(kind(layer)), layer);
        }
        if (encoding != null) {
            encoding.matrices().forEach(order::matrix);
        }
        if (!definition.head().tied()) {
            order.matrix(List.of(Role.of(Part.HEAD)));
        }
        return new DecoderScript(lines.toString(), order.vectors(), order.matrices(), tables, encoding != null);
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
        Block.Cross cross = definition.blocks().get(0).cross();
        if (cross != null) {
            lines.line(
                    "_s = torch.append(caches, torch.zeros([{}, slots, {}, length, {}], dtype={}, device=like.device))",
                    definition.layers(),
                    2 * cross.attention().keyValueHeads(),
                    cross.attention().headSize(),
                    cacheType.number());
        }
        lines.line("return caches");
        lines.close();
        // Of a prompt that an encoder read all is kept, however short the answer.
        lines.open("def copy(self, caches: List[Tensor], source: int, target: int, length: int) -> int:");
        lines.open("for c in range(len(caches)):");
        lines.line("kept = caches[c]");
        lines.open("if c < {}:", caches.size());
        lines.line("kept = torch.slice(kept, 3, 0, length)");
        lines.close();
        lines.line("_c = torch.copy_(torch.select(kept, 1, target), torch.select(kept, 1, source))");
        lines.close();
        lines.line("return length");
        lines.close();
        lines.open("def clear(self, caches: List[Tensor], slot: int) -> int:");
        lines.open("for cache in caches:");
        lines.line("_c = torch.zero_(torch.select(cache, 1, slot))");
        lines.close();
        lines.line("return slot");
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

    /** Groups follow one another in {@code x}; each is one token of several neighbouring slots, or several tokens of one. */
    private void blocks(String type) {
        lines.open(
                "def blocks(self, x: Tensor, vectors: List[Tensor], matrices: List[{}], tables: List[Tensor],"
                        + " caches: List[Tensor], at: Tensor, firsts: List[int], rows: List[int], counts: List[int],"
                        + " lengths: List[int]{}) -> Tensor:",
                type,
                definition.encoder() == null ? "" : SOURCE_PARAMETERS);
        for (int turn = 0; turn < turns.size(); turn++) {
            turn(turn, turns.get(turn));
        }
        for (int mask = 0; mask < masks.size(); mask++) {
            lines.line("masks{} = annotate(List[Optional[Tensor]], [])", mask);
        }
        for (int cache = 0; cache < caches.size(); cache++) {
            for (String list : List.of("keys", "values", "targets")) {
                lines.line("{}{} = annotate(List[List[Tensor]], [])", list, cache);
            }
        }
        if (definition.encoder() != null) {
            EncoderScript.writeSources(lines, definition, caches.size());
        }
        lines.line("index = annotate(List[List[Optional[Tensor]]], [])");
        lines.line("start = 0");
        lines.open("for g in range(len(rows)):");
        lines.line("end = start + rows[g] * counts[g]");
        lines.line("own = torch.slice(at, 0, start, end)");
        lines.line("start = end");
        for (int mask = 0; mask < masks.size(); mask++) {
            lines.line(
                    "_m = torch.append(masks{}, self.mask{}(tables, own, rows[g], counts[g], lengths[g]))", mask, mask);
        }
        lines.line("places = annotate(List[Optional[Tensor]], [])");
        lines.open("if rows[g] > 1:");
        lines.line("places = annotate(List[Optional[Tensor]], [torch.arange(rows[g], device=x.device), None, own])");
        lines.close();
        lines.line("_i = torch.append(index, places)");
        for (int cache = 0; cache < caches.size(); cache++) {
            int keys = caches.get(cache).keyValueHeads();
            lines.line("slots = torch.slice(caches[{}], 1, firsts[g], firsts[g] + rows[g])", cache);
            lines.line("used = torch.slice(slots, 3, 0, lengths[g])");
            lines.line("_k = torch.append(keys{}, torch.unbind(torch.slice(used, 2, 0, {}), 0))", cache, keys);
            lines.line(
                    "_v = torch.append(values{}, torch.unbind(torch.slice(used, 2, {}, {}), 0))",
                    cache,
                    keys,
                    2 * keys);
            lines.open("if rows[g] == 1:");
            lines.line("slots = torch.slice(slots, 3, lengths[g] - counts[g], lengths[g])");
            lines.close();
            lines.line("_t = torch.append(targets{}, torch.unbind(slots, 0))", cache);
        }
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
            String wide = ScriptLines.filled("[x.size(0), {}, {}]", turn.rotatedHeads(), turn.headSize());
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
                "x = self.block{}(x, vectors, matrices, {}, {}, {},{} keys{}, values{}, targets{}, index, masks{}, rows,"
                        + " counts{})",
                kind,
                vector,
                matrix,
                layer,
                turn == null ? "" : ScriptLines.filled(" cos{}, sin{},", turns.indexOf(turn), turns.indexOf(turn)),
                cache,
                cache,
                cache,
                masks.indexOf(MaskScript.of(block, cacheType)),
                block.cross() == null ? "" : ", sourceKeys, sourceValues, sourceMasks");
    }

    private void finish(String type, int head) {
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

    private void forward(String type) {
        lines.open(
                "def forward(self, embedding: Tensor, vectors: List[Tensor], matrices: List[{}], tables: List[Tensor],"
                        + " caches: List[Tensor], ids: Tensor, positions: Tensor, wanted: Tensor, logits: Tensor,"
                        + " firsts: List[int], rows: List[int], counts: List[int], lengths: List[int], tokens: int,"
                        + " outputs: int{}) -> int:",
                type,
                definition.encoder() == null ? "" : SOURCE_PARAMETERS);
        lines.line("at = torch.slice({}, 0, 0, tokens)", onDevice("positions"));
        lines.line("x = self.embed(embedding, vectors, torch.slice({}, 0, 0, tokens), at)", onDevice("ids"));
        String sources = definition.encoder() == null ? "" : ", " + onDevice("reach") + ", sources";
        lines.line(
                "x = self.blocks(x, vectors, matrices, tables, caches, at, firsts, rows, counts, lengths{})", sources);
        lines.open("if outputs == 0:");
        lines.line("return 0");
        lines.close();
        lines.open("if outputs < tokens:");
        lines.line("x = torch.index_select(x, 0, torch.slice({}, 0, 0, outputs))", onDevice("wanted"));
        lines.close();
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
