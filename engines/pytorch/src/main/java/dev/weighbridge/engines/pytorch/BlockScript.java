package dev.weighbridge.engines.pytorch;

import dev.weighbridge.inference.model.Activation;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the method that computes one block, and notes which weights it reads. Every block of a decoder that is made alike goes
 * through the same method.
 *
 * <p>The method takes and gives the residual stream, {@code [tokens, hidden]}. Weights begin at {@code v} among the vectors and at
 * {@code m} among the matrices.
 */
final class BlockScript {
    private final String name;
    private final ScriptLines lines;
    private final Block block;
    private final Attention attention;
    private final int hiddenSize;
    private final CacheType cacheType;
    private final WeightOrder order = new WeightOrder();

    BlockScript(String name, ScriptLines lines, Block block, int hiddenSize, CacheType cacheType) {
        this.name = name;
        this.lines = lines;
        this.block = block;
        this.attention = block.attention();
        this.hiddenSize = hiddenSize;
        this.cacheType = cacheType;
    }

    /** Writes the method and the one that it calls, and tells what it reads, as the weights of layer 0. */
    WeightOrder write(String matrixType) {
        attendInGroup();
        if (block.cross() != null) {
            attendToPromptInGroup(block.cross().attention());
        }
        lines.open(
                "def {}(self, x: Tensor, vectors: List[Tensor], matrices: List[{}], v: int, m: int, l: int,{}"
                        + " keys: List[List[Tensor]], values: List[List[Tensor]], targets: List[List[Tensor]],"
                        + " index: List[List[Optional[Tensor]]], masks: List[Optional[Tensor]], rows: List[int],"
                        + " counts: List[int]{}) -> Tensor:",
                name,
                matrixType,
                attention.rotary() == null ? "" : " cos: Tensor, sin: Tensor,",
                block.cross() == null
                        ? ""
                        : ", sourceKeys: List[List[Tensor]], sourceValues: List[List[Tensor]],"
                                + " sourceMasks: List[Optional[Tensor]]");
        switch (block.residual()) {
            case SEQUENTIAL -> {
                norm("h", "x", block.attentionNorm(), Part.ATTENTION_NORM, Part.ATTENTION_NORM_BIAS);
                attend("h");
                if (block.cross() != null) {
                    norm("h", "x", block.cross().norm(), Part.CROSS_NORM, Part.CROSS_NORM_BIAS);
                    attendToPrompt("h", block.cross().attention());
                }
                norm("h", "x", block.mlpNorm(), Part.MLP_NORM, Part.MLP_NORM_BIAS);
                feedForward("h");
            }
            case PARALLEL -> {
                norm("h", "x", block.attentionNorm(), Part.ATTENTION_NORM, Part.ATTENTION_NORM_BIAS);
                norm("f", block.mlpNorm() == null ? "h" : "x", block.mlpNorm(), Part.MLP_NORM, Part.MLP_NORM_BIAS);
                attend("h");
                feedForward("f");
            }
            case NORM_AFTER -> {
                attend("x");
                norm("x", "x", block.attentionNorm(), Part.ATTENTION_NORM, Part.ATTENTION_NORM_BIAS);
                feedForward("x");
                norm("x", "x", block.mlpNorm(), Part.MLP_NORM, Part.MLP_NORM_BIAS);
            }
        }
        lines.line("return x");
        lines.close();
        return order;
    }

    /** Writes the method of an encoder's block, all of whose tokens see each other, and tells what it reads. */
    WeightOrder writeEncoding(String matrixType) {
        int heads = attention.heads();
        int keys = attention.keyValueHeads();
        int all = heads + 2 * keys;
        int size = attention.headSize();
        lines.open(
                "def {}(self, x: Tensor, vectors: List[Tensor], matrices: List[{}], v: int, m: int,"
                        + " mask: Optional[Tensor]) -> Tensor:",
                name,
                matrixType);
        norm("h", "x", block.attentionNorm(), Part.ATTENTION_NORM, Part.ATTENTION_NORM_BIAS);
        lines.line("count = x.size(0)");
        String projected = linear("h", matrix(-1, Part.QUERY, Part.KEY, Part.VALUE), all * size, null);
        lines.line("qkv = {}.view([1, count, {}, {}]).permute([0, 2, 1, 3])", projected, all, size);
        if (cacheType.isNarrow()) {
            lines.line("qkv = torch.to(qkv, {})", cacheType.number());
        }
        lines.line(
                "q = torch.slice(qkv, 1, 0, {}).reshape([1, {}, {} * count, {}])",
                heads,
                keys,
                attention.group(),
                size);
        lines.line("keys = torch.slice(qkv, 1, {}, {})", heads, heads + keys);
        lines.line("values = torch.slice(qkv, 1, {}, {})", heads + keys, all);
        answer(attention);
        lines.line(
                "a = a.reshape([{}, count, {}]).permute([1, 0, 2]).reshape([count, {}])",
                heads,
                size,
                attention.querySize());
        if (cacheType.isNarrow()) {
            lines.line("a = torch.to(a, 6)");
        }
        add(
                "a",
                matrix(-1, Part.ATTENTION_OUTPUT),
                null,
                null,
                Part.ATTENTION_POST_NORM,
                Part.ATTENTION_POST_NORM_BIAS);
        norm("h", "x", block.mlpNorm(), Part.MLP_NORM, Part.MLP_NORM_BIAS);
        feedForward("h");
        lines.line("return x");
        lines.close();
        return order;
    }

    /** Writes the methods that blocks call. */
    static void writeShared(ScriptLines lines) {
        lines.open("def rms(self, x: Tensor, w: Tensor, epsilon: float) -> Tensor:");
        lines.line("return x * torch.rsqrt(torch.mean(x * x, [-1], True) + epsilon) * w");
        lines.close();
    }

    /** What normalizes {@code x} over its last dimension. */
    static String norm(Norm norm, String x, int width, String weight, @Nullable String bias) {
        return switch (norm.kind()) {
            case RMS ->
                ScriptLines.filled("self.rms({}, {}, {})", x, weight, norm.epsilon())
                        + (bias == null ? "" : " + " + bias);
            case LAYER ->
                ScriptLines.filled(
                        "torch.layer_norm({}, [{}], {}, {}, {})",
                        x,
                        width,
                        weight,
                        bias == null ? "None" : bias,
                        norm.epsilon());
        };
    }

    private void norm(String to, String from, @Nullable Norm norm, Part weight, Part bias) {
        if (norm == null) {
            if (!to.equals(from)) {
                lines.line("{} = {}", to, from);
            }
            return;
        }
        String weights = vector(weight);
        lines.line("{} = {}", to, norm(norm, from, hiddenSize, weights, norm.bias() ? vector(bias) : null));
    }

    private void attend(String input) {
        int heads = attention.heads();
        int keys = attention.keyValueHeads();
        int all = heads + 2 * keys;
        int size = attention.headSize();
        String projected = linear(
                input,
                matrix(-1, Part.QUERY, Part.KEY, Part.VALUE),
                all * size,
                attention.inputBias() ? vector(Part.QUERY_BIAS, Part.KEY_BIAS, Part.VALUE_BIAS) : null);
        lines.line("qkv = {}.view([x.size(0), {}, {}])", projected, all, size);
        normHeads();
        rotate();
        if (cacheType.isNarrow()) {
            lines.line("qkv = torch.to(qkv, {})", cacheType.number());
        }
        String group = "keys[g][l], values[g][l], targets[g][l], index[g], masks[g], rows[g], counts[g]";
        lines.open("if len(rows) == 1:");
        lines.line("a = self.{}_attention(qkv, {})", name, group.replace("[g]", "[0]"));
        lines.close();
        lines.open("else:");
        lines.line("parts = annotate(List[Tensor], [])");
        lines.line("start = 0");
        lines.open("for g in range(len(rows)):");
        lines.line("end = start + rows[g] * counts[g]");
        lines.line("part = self.{}_attention(torch.slice(qkv, 0, start, end), {})", name, group);
        lines.line("_p = torch.append(parts, part)");
        lines.line("start = end");
        lines.close();
        lines.line("a = torch.cat(parts)");
        lines.close();
        if (cacheType.isNarrow()) {
            lines.line("a = torch.to(a, 6)");
        }
        String output = matrix(-1, Part.ATTENTION_OUTPUT);
        String bias = attention.outputBias() ? vector(Part.ATTENTION_OUTPUT_BIAS) : null;
        add("a", output, bias, block.attentionPostNorm(), Part.ATTENTION_POST_NORM, Part.ATTENTION_POST_NORM_BIAS);
    }

    private void attendToPrompt(String input, Attention cross) {
        String query = linear(input, matrix(-1, Part.CROSS_QUERY), cross.querySize(), null);
        lines.line("q = {}.view([x.size(0), {}, {}])", query, cross.heads(), cross.headSize());
        if (cacheType.isNarrow()) {
            lines.line("q = torch.to(q, {})", cacheType.number());
        }
        lines.line("found = annotate(List[Tensor], [])");
        lines.line("begin = 0");
        lines.open("for g in range(len(rows)):");
        lines.line("stop = begin + rows[g] * counts[g]");
        lines.line(
                "one = self.{}_cross(torch.slice(q, 0, begin, stop), sourceKeys[g][l], sourceValues[g][l],"
                        + " sourceMasks[g], rows[g], counts[g])",
                name);
        lines.line("_f = torch.append(found, one)");
        lines.line("begin = stop");
        lines.close();
        lines.line("a = torch.cat(found)");
        if (cacheType.isNarrow()) {
            lines.line("a = torch.to(a, 6)");
        }
        add("a", matrix(-1, Part.CROSS_OUTPUT), null, null, Part.ATTENTION_POST_NORM, Part.ATTENTION_POST_NORM_BIAS);
    }

    /** Writes the method that answers the queries of one group, as {@link #attendInGroup} groups them, from its prompts. */
    private void attendToPromptInGroup(Attention cross) {
        int keys = cross.keyValueHeads();
        int size = cross.headSize();
        lines.open(
                "def {}_cross(self, q: Tensor, keys: Tensor, values: Tensor, mask: Optional[Tensor], rows: int,"
                        + " count: int) -> Tensor:",
                name);
        lines.open("if count == 1:");
        lines.line("q = q.view([rows, {}, {}, {}])", keys, cross.group(), size);
        answer(cross);
        lines.line("a = a.reshape([rows, {}])", cross.querySize());
        lines.close();
        lines.open("else:");
        lines.line("q = q.view([1, count, {}, {}, {}]).permute([0, 2, 3, 1, 4])", keys, cross.group(), size);
        lines.line("q = q.reshape([1, {}, {} * count, {}])", keys, cross.group(), size);
        answer(cross);
        lines.line("a = a.reshape([{}, {}, count, {}])", keys, cross.group(), size);
        lines.line("a = a.permute([2, 0, 1, 3]).reshape([count, {}])", cross.querySize());
        lines.close();
        lines.line("return a");
        lines.close();
    }

    /**
     * Writes the method that puts the keys and values of one group into the cache and answers its queries: one token each of
     * neighbouring rows, or several of one row.
     */
    private void attendInGroup() {
        int heads = attention.heads();
        int keys = attention.keyValueHeads();
        int all = heads + 2 * keys;
        int size = attention.headSize();
        lines.open(
                "def {}_attention(self, qkv: Tensor, keys: Tensor, values: Tensor, target: Tensor,"
                        + " index: List[Optional[Tensor]], mask: Optional[Tensor], rows: int, count: int) -> Tensor:",
                name);
        lines.line("kv = torch.slice(qkv, 1, {}, {})", heads, all);
        lines.open("if rows == 1:");
        lines.line("_p = torch.copy_(target, torch.transpose(kv, 0, 1).unsqueeze(0))");
        lines.close();
        lines.open("else:");
        lines.line("_q = torch.index_put_(target, index, kv)");
        lines.close();
        lines.line("q = torch.slice(qkv, 1, 0, {})", heads);
        lines.open("if count == 1:");
        lines.line("q = q.view([rows, {}, {}, {}])", keys, attention.group(), size);
        answer(attention);
        lines.line("a = a.reshape([rows, {}])", attention.querySize());
        lines.close();
        lines.open("else:");
        lines.line("q = q.view([1, count, {}, {}, {}]).permute([0, 2, 3, 1, 4])", keys, attention.group(), size);
        lines.line("q = q.reshape([1, {}, {} * count, {}])", keys, attention.group(), size);
        answer(attention);
        lines.line("a = a.reshape([{}, {}, count, {}])", keys, attention.group(), size);
        lines.line("a = a.permute([2, 0, 1, 3]).reshape([count, {}])", attention.querySize());
        lines.close();
        lines.line("return a");
        lines.close();
    }

    private void normHeads() {
        Attention.HeadNorm headNorm = attention.headNorm();
        if (headNorm == null) {
            return;
        }
        int heads = attention.heads();
        int keys = attention.keyValueHeads();
        int size = attention.headSize();
        // A row for every head, also where they share one, so that one pass does queries and keys.
        Part[] rows = headNorm.shared()
                ? Stream.concat(
                                Collections.nCopies(heads, Part.QUERY_NORM).stream(),
                                Collections.nCopies(keys, Part.KEY_NORM).stream())
                        .toArray(Part[]::new)
                : new Part[] {Part.QUERY_NORM, Part.KEY_NORM};
        String weight = vector(rows) + ScriptLines.filled(".view([{}, {}])", heads + keys, size);
        lines.line("qk = torch.slice(qkv, 1, 0, {})", heads + keys);
        String normed = switch (headNorm.norm().kind()) {
            case RMS -> norm(headNorm.norm(), "qk", size, weight, null);
            case LAYER -> norm(headNorm.norm(), "qk", size, "None", null) + " * " + weight;
        };
        lines.line("_n = torch.copy_(qk, {})", normed);
    }

    private void rotate() {
        if (attention.rotary() == null) {
            return;
        }
        int rotated = attention.rotary().size();
        if (rotated == attention.headSize()) {
            // Values are turned by nothing, which costs less than to cut them off and to put them back.
            lines.line("qkv = torch.addcmul(qkv * cos, torch.roll(qkv, [{}], [2]), sin)", rotated / 2);
        } else {
            int heads = attention.heads() + attention.keyValueHeads();
            lines.line("r = torch.slice(torch.slice(qkv, 1, 0, {}), 2, 0, {})", heads, rotated);
            lines.line("_r = torch.copy_(r, torch.addcmul(r * cos, torch.roll(r, [{}], [2]), sin))", rotated / 2);
        }
    }

    /** From {@code q} to {@code a}. */
    private void answer(Attention asked) {
        boolean usual = asked.scale() == 1 / Math.sqrt(asked.headSize());
        if (!cacheType.scoresApart(asked)) {
            lines.line(
                    "a = torch.scaled_dot_product_attention(q, keys, values, mask, 0.0, False{})",
                    usual ? "" : ", scale=" + asked.scale());
            return;
        }
        lines.line("s = torch.matmul(q, torch.transpose(keys, 2, 3))");
        if (cacheType.isNarrow()) {
            lines.line("s = torch.to(s, 6)");
        }
        lines.line("s = s * {}", asked.scale());
        if (asked.softcap() != 0) {
            lines.line("s = torch.tanh(s * {}) * {}", 1 / asked.softcap(), asked.softcap());
        }
        lines.open("if mask is not None:");
        lines.line("s = s + mask");
        lines.close();
        lines.line("s = torch.softmax(s, -1)");
        if (cacheType.isNarrow()) {
            lines.line("s = torch.to(s, {})", cacheType.number());
        }
        lines.line("a = torch.matmul(s, values)");
    }

    private void feedForward(String input) {
        Mlp mlp = block.mlp();
        Mlp.Experts experts = mlp.experts();
        if (experts == null) {
            String first = matrix(-1, inner(mlp));
            String firstBias = mlp.bias() ? vector(innerBias(mlp)) : null;
            inner(input, first, firstBias);
            String second = matrix(-1, Part.DOWN);
            String secondBias = mlp.bias() ? vector(Part.DOWN_BIAS) : null;
            add("g", second, secondBias, block.mlpPostNorm(), Part.MLP_POST_NORM, Part.MLP_POST_NORM_BIAS);
        } else {
            mixture(input, experts);
            addToStream(block.mlpPostNorm(), Part.MLP_POST_NORM, Part.MLP_POST_NORM_BIAS);
        }
    }

    /** The experts' sum into {@code y}. An expert computes the tokens that chose it, all at once. */
    private void mixture(String input, Mlp.Experts experts) {
        Mlp mlp = block.mlp();
        String router = vector(Part.ROUTER);
        String first = ofExpert(matrix(0, inner(mlp)));
        String second = ofExpert(matrix(0, Part.DOWN));
        String firstBias = mlp.bias() ? ofExpert(vector(WeightOrder.roles(0, innerBias(mlp)))) : null;
        String secondBias = mlp.bias() ? ofExpert(vector(WeightOrder.roles(0, Part.DOWN_BIAS))) : null;
        for (int expert = 1; expert < experts.count(); expert++) {
            order.matrix(WeightOrder.roles(expert, inner(mlp)));
            order.matrix(WeightOrder.roles(expert, Part.DOWN));
            if (mlp.bias()) {
                order.vector(WeightOrder.roles(expert, innerBias(mlp)));
                order.vector(WeightOrder.roles(expert, Part.DOWN_BIAS));
            }
        }
        lines.line("best, chosen = torch.topk(torch.mm({}, torch.t({})), {}, 1)", input, router, experts.perToken());
        lines.line("shares = torch.softmax(best, 1)");
        lines.line("y = torch.zeros_like({})", input);
        lines.open("for e in range({}):", experts.count());
        lines.line("found = torch.nonzero(torch.eq(chosen, e))");
        lines.open("if found.size(0) > 0:");
        lines.line("who = torch.select(found, 1, 0)");
        inner("torch.index_select(" + input + ", 0, who)", first, firstBias);
        lines.line("g = {}", linear("g", second, hiddenSize, secondBias));
        lines.line("at = annotate(List[Optional[Tensor]], [who, torch.select(found, 1, 1)])");
        lines.line("_e = torch.index_add_(y, 0, who, g * torch.index(shares, at).unsqueeze(1))");
        lines.close();
        lines.close();
    }

    /** The place of the script's expert {@code e}, from the place of expert 0; each expert takes two. */
    private static String ofExpert(String place) {
        return place.replace("]", " + 2 * e]");
    }

    /** Into {@code g}. */
    private void inner(String input, String matrix, @Nullable String bias) {
        Mlp mlp = block.mlp();
        String layer = linear(input, matrix, mlp.gated() ? 2 * mlp.size() : mlp.size(), bias);
        if (mlp.gated()) {
            lines.line("g, u = torch.chunk({}, 2, 1)", layer);
            lines.line("g = {} * u", activation("g"));
        } else {
            lines.line("g = {}", activation(layer));
        }
    }

    private String activation(String input) {
        Activation activation = block.mlp().activation();
        return switch (activation) {
            case SILU -> "torch.silu(" + input + ")";
            case GELU -> "torch.gelu(" + input + ")";
            case GELU_TANH -> "torch.gelu(" + input + ", approximate=\"tanh\")";
            case RELU -> "torch.relu(" + input + ")";
        };
    }

    private static Part[] inner(Mlp mlp) {
        return mlp.gated() ? new Part[] {Part.GATE, Part.UP} : new Part[] {Part.UP};
    }

    private static Part[] innerBias(Mlp mlp) {
        return mlp.gated() ? new Part[] {Part.GATE_BIAS, Part.UP_BIAS} : new Part[] {Part.UP_BIAS};
    }

    /** The last layer of attention or MLP, added to the stream. */
    private void add(
            String input,
            String matrix,
            @Nullable String bias,
            @Nullable Norm postNorm,
            Part normWeight,
            Part normBias) {
        if (postNorm == null) {
            lines.line("x = self.plus(x, {}, {})", input, matrix);
            if (bias != null) {
                lines.line("x = torch.add(x, {})", bias);
            }
        } else {
            lines.line("y = {}", linear(input, matrix, hiddenSize, bias));
            addToStream(postNorm, normWeight, normBias);
        }
    }

    private void addToStream(@Nullable Norm postNorm, Part normWeight, Part normBias) {
        norm("y", "y", postNorm, normWeight, normBias);
        lines.line("x = torch.add(x, y)");
    }

    private static String linear(String input, String matrix, int outputs, @Nullable String bias) {
        return bias == null
                ? ScriptLines.filled("self.linear({}, {}, {})", input, matrix, outputs)
                : ScriptLines.filled("self.biased({}, {}, {})", input, matrix, bias);
    }

    private String vector(Part... parts) {
        return vector(WeightOrder.roles(-1, parts));
    }

    private String vector(List<Role> roles) {
        return "vectors[v + " + order.vector(roles) + "]";
    }

    private String matrix(int expert, Part... parts) {
        return "matrices[m + " + order.matrix(WeightOrder.roles(expert, parts)) + "]";
    }
}
