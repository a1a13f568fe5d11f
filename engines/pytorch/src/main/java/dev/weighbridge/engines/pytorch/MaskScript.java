package dev.weighbridge.engines.pytorch;

import dev.weighbridge.inference.model.Alibi;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.RelativeBuckets;
import org.jspecify.annotations.Nullable;

/**
 * The method that gives what is added to the scores of a decoder's attention, once for all blocks that add the same.
 *
 * @param window how many positions a token sees; 0 when all before it
 * @param keyValueHeads 1 where it is the same for all heads
 * @param type of the mask, as TorchScript numbers it
 */
record MaskScript(
        int window, @Nullable Alibi alibi, @Nullable RelativeBuckets relative, int keyValueHeads, int group, int type) {
    static MaskScript of(Block block, CacheType cacheType) {
        Attention attention = block.attention();
        boolean alike = attention.alibi() == null && attention.relative() == null;
        return new MaskScript(
                attention.window(),
                attention.alibi(),
                attention.relative(),
                alike ? 1 : attention.keyValueHeads(),
                attention.group(),
                cacheType.ofMask(attention));
    }

    /**
     * Writes the method. For one token a row the mask is {@code [rows, …, length]}, for several of one row {@code [heads and tokens,
     * length]}.
     *
     * @param number of the mask, a part of the method's name
     */
    void write(int number, ScriptLines lines, ScriptTables tables) {
        lines.open(
                "def mask{}(self, tables: List[Tensor], at: Tensor, rows: int, count: int, length: int)"
                        + " -> Optional[Tensor]:",
                number);
        lines.line("mask = annotate(Optional[Tensor], None)");
        boolean biased = alibi != null || relative != null;
        if (!biased) {
            // A single token sees everything that the cache holds of its sequence, or of its window.
            lines.open("if rows * count > 1{}:", window > 0 ? " or length > " + window : "");
        }
        lines.line("seen = torch.arange(length, device=at.device)");
        lines.line("hidden = torch.gt(seen, at.unsqueeze(1))");
        if (window > 0) {
            lines.line("hidden = torch.logical_or(hidden, torch.le(seen, at.unsqueeze(1) - {}))", window);
        }
        if (alibi != null) {
            linearBiases(alibi, lines, tables);
        } else if (relative != null) {
            relativeBiases(relative, lines, tables);
        } else {
            hiddenPositions(lines);
            lines.close();
        }
        lines.line("return mask");
        lines.close();
    }

    private void hiddenPositions(ScriptLines lines) {
        lines.line("none = torch.zeros([rows * count, length], dtype={}, device=at.device)", type);
        lines.line("bias = torch.masked_fill(none, hidden, float(\"-inf\"))");
        lines.open("if count == 1:");
        lines.line("mask = bias.view([rows, 1, 1, length])");
        lines.close();
        lines.open("else:");
        lines.line("mask = bias.repeat([{}, 1])", group);
        lines.close();
    }

    private void linearBiases(Alibi biases, ScriptLines lines, ScriptTables tables) {
        String heads = keyValueHeads + ", " + group;
        lines.line("bias = torch.slice(tables[{}], 1, 0, length)", tables.biases(biases));
        lines.open("if count == 1:");
        lines.line("bias = bias.view([1, {}, length])", heads);
        lines.line("mask = torch.masked_fill(bias, hidden.view([rows, 1, 1, length]), float(\"-inf\"))");
        lines.close();
        lines.open("else:");
        lines.line("bias = torch.masked_fill(bias.view([{}, 1, length]), hidden, float(\"-inf\"))", heads);
        lines.line("mask = bias.reshape([1, {}, {} * count, length])", keyValueHeads, group);
        lines.close();
    }

    private void relativeBiases(RelativeBuckets buckets, ScriptLines lines, ScriptTables tables) {
        lines.line("back = torch.clamp(at.unsqueeze(1) - seen, 0)");
        lines.line("bias = torch.embedding(tables[{}], back)", tables.biases(buckets));
        lines.line("bias = torch.to(torch.masked_fill(bias, hidden.unsqueeze(2), float(\"-inf\")), {})", type);
        lines.open("if count == 1:");
        lines.line("mask = bias.permute([0, 2, 1]).reshape([rows, {}, {}, length])", keyValueHeads, group);
        lines.close();
        lines.open("else:");
        lines.line("mask = bias.permute([2, 0, 1]).reshape([1, {}, {} * count, length])", keyValueHeads, group);
        lines.close();
    }
}
