package dev.weighbridge.engines.pytorch;

import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.checkpoint.DecoderDefinition;

/**
 * The TorchScript of a Llama-architecture decoder with its KV cache updated in place.
 *
 * <p>The module has no attributes: weights, cache and buffers are arguments. The cache is
 * {@code [layers, slots, 2 * keyValueHeads, contextLength, headSize]}, keys before values, so that one write serves both; a
 * call works on neighbouring slots, seen as a view. Query heads that share keys are treated as further query tokens of the
 * shared head, which needs no repeated keys. Logits are written into a tensor over the caller's memory.
 *
 * <p>Prepared matrices are, for each layer, query-key-value, attention output, gate-up and down, then the output layer; norms
 * are two a layer, then the final one.
 *
 * <p>Everything but the linear layers is computed in fp32. On CUDA at 16 bits the cache has 16 bits too.
 */
final class DecoderScript {
    static final String CLASS_NAME = "Decoder";

    private DecoderScript() {}

    /**
     * Source of the module.
     *
     * @param cuda whether cache and weights are on a CUDA device; tokens and logits are in host memory always
     * @param narrowActivations as {@link LinearScript#of} takes it
     */
    static String of(DecoderDefinition definition, Precision precision, boolean cuda, boolean narrowActivations) {
        LinearScript linear = LinearScript.of(precision, narrowActivations);
        boolean narrowCache = cuda && precision != Precision.FP32;
        int cacheType = narrowCache ? (precision == Precision.BF16 ? 15 : 5) : 6;
        return SOURCE.replace("@METHODS", linear.methods())
                .replace("@TYPE", linear.type())
                .replace("@TO_CACHE", narrowCache ? "qkv = torch.to(qkv, " + cacheType + ")" : "pass")
                .replace("@FROM_CACHE", narrowCache ? "a = torch.to(a, 6)" : "pass")
                .replace("@CACHE_TYPE", Integer.toString(cacheType))
                .replace("@IDS", cuda ? "ids.to(cache.device)" : "ids")
                .replace("@POSITIONS", cuda ? "positions.to(cache.device)" : "positions")
                .replace("@HIDDEN", Integer.toString(definition.hiddenSize()))
                .replace("@LAYERS", Integer.toString(definition.layers()))
                .replace("@HEADS", Integer.toString(definition.heads()))
                .replace("@KEYS", Integer.toString(definition.keyValueHeads()))
                .replace("@GROUP", Integer.toString(definition.heads() / definition.keyValueHeads()))
                .replace("@SIZE", Integer.toString(definition.headSize()))
                .replace("@HALF_SIZE", Integer.toString(definition.headSize() / 2))
                .replace("@ROTATED", Integer.toString(definition.heads() + definition.keyValueHeads()))
                .replace("@ALL_HEADS", Integer.toString(definition.heads() + 2 * definition.keyValueHeads()))
                .replace("@QKV", Integer.toString(definition.querySize() + 2 * definition.keyValueSize()))
                .replace("@QUERY", Integer.toString(definition.querySize()))
                .replace("@WIDE", Integer.toString(2 * definition.intermediateSize()))
                .replace("@INNER", Integer.toString(definition.intermediateSize()))
                .replace("@VOCABULARY", Integer.toString(definition.vocabularySize()))
                .replace("@EPSILON", Double.toString(definition.normEpsilon()));
    }

    private static final String SOURCE = """
class Decoder(Module):
@METHODS
  def empty(self) -> List[@TYPE]:
    return annotate(List[@TYPE], [])
  def matrix(self, matrices: List[@TYPE], parts: List[Tensor]) -> int:
    _a = torch.append(matrices, self.pack(torch.cat(parts)))
    return len(matrices)
  def share(self, matrices: List[@TYPE], w: Tensor) -> int:
    _a = torch.append(matrices, self.pack(w))
    return len(matrices)
  def keep(self, vector: Tensor) -> Tensor:
    return torch.clone(vector)
  def cache(self, like: Tensor, slots: int, length: int) -> Tensor:
    return torch.zeros([@LAYERS, slots, 2 * @KEYS, length, @SIZE], dtype=@CACHE_TYPE, device=like.device)
  def copy(self, cache: Tensor, source: int, target: int, length: int) -> int:
    kept = torch.slice(cache, 3, 0, length)
    _c = torch.copy_(torch.select(kept, 1, target), torch.select(kept, 1, source))
    return length
  def norm(self, x: Tensor, w: Tensor) -> Tensor:
    return x * torch.rsqrt(torch.mean(x * x, [-1], True) + @EPSILON) * w
  def blocks(self, x: Tensor, norms: List[Tensor], matrices: List[@TYPE], cos: Tensor, sin: Tensor, slots: Tensor, positions: Tensor, mask: Optional[Tensor], rows: int, count: int, past: int, length: int) -> Tensor:
    tokens = rows * count
    cos = torch.constant_pad_nd(torch.expand(cos.unsqueeze(1), [tokens, @ROTATED, @SIZE]), [0, 0, 0, @KEYS], 1.0)
    sin = torch.constant_pad_nd(torch.expand(sin.unsqueeze(1), [tokens, @ROTATED, @SIZE]), [0, 0, 0, @KEYS], 0.0)
    used = torch.slice(slots, 3, 0, length)
    keys = torch.unbind(torch.slice(used, 2, 0, @KEYS), 0)
    values = torch.unbind(torch.slice(used, 2, @KEYS, 2 * @KEYS), 0)
    targets = torch.unbind(slots, 0)
    index = annotate(List[Optional[Tensor]], [])
    if rows == 1:
      targets = torch.unbind(torch.slice(slots, 3, past, past + count), 0)
    else:
      index = annotate(List[Optional[Tensor]], [torch.arange(rows, device=x.device), None, positions])
    for l in range(@LAYERS):
      qkv = self.linear(self.norm(x, norms[2 * l]), matrices[4 * l], @QKV).view([tokens, @ALL_HEADS, @SIZE])
      qkv = torch.addcmul(qkv * cos, torch.roll(qkv, [@HALF_SIZE], [2]), sin)
      @TO_CACHE
      kv = torch.slice(qkv, 1, @HEADS, @ALL_HEADS)
      if rows == 1:
        _p = torch.copy_(targets[l], torch.transpose(kv, 0, 1).unsqueeze(0))
      else:
        _q = torch.index_put_(targets[l], index, kv)
      q = torch.slice(qkv, 1, 0, @HEADS)
      if count == 1:
        q = q.view([rows, @KEYS, @GROUP, @SIZE])
        a = torch.scaled_dot_product_attention(q, keys[l], values[l], mask, 0.0, False).reshape([tokens, @QUERY])
      else:
        q = q.view([1, count, @KEYS, @GROUP, @SIZE]).permute([0, 2, 3, 1, 4]).reshape([1, @KEYS, @GROUP * count, @SIZE])
        a = torch.scaled_dot_product_attention(q, keys[l], values[l], mask, 0.0, False)
        a = a.reshape([@KEYS, @GROUP, count, @SIZE]).permute([2, 0, 1, 3]).reshape([count, @QUERY])
      @FROM_CACHE
      x = self.plus(x, a, matrices[4 * l + 1])
      g, u = torch.chunk(self.linear(self.norm(x, norms[2 * l + 1]), matrices[4 * l + 2], @WIDE), 2, 1)
      x = self.plus(x, torch.silu(g) * u, matrices[4 * l + 3])
    return x
  def finish(self, x: Tensor, norms: List[Tensor], matrices: List[@TYPE], logits: Tensor) -> int:
    scores = self.linear(self.norm(x, norms[2 * @LAYERS]), matrices[4 * @LAYERS], @VOCABULARY)
    _l = torch.copy_(torch.slice(logits, 0, 0, scores.size(0)), scores)
    return scores.size(0)
  def prefill(self, embedding: Tensor, norms: List[Tensor], matrices: List[@TYPE], cosines: Tensor, sines: Tensor, cache: Tensor, ids: Tensor, logits: Tensor, slot: int, past: int, count: int, wanted: int) -> int:
    x = torch.embedding(embedding, torch.slice(@IDS, 0, 0, count))
    cos = torch.slice(cosines, 0, past, past + count)
    sin = torch.slice(sines, 0, past, past + count)
    length = past + count
    mask = annotate(Optional[Tensor], None)
    if count > 1:
      later = torch.gt(torch.arange(length, device=x.device), torch.arange(past, length, device=x.device).unsqueeze(1))
      mask = torch.masked_fill(torch.zeros([count, length], dtype=@CACHE_TYPE, device=x.device), later, float("-inf")).repeat([@GROUP, 1])
    x = self.blocks(x, norms, matrices, cos, sin, torch.slice(cache, 1, slot, slot + 1), ids, mask, 1, count, past, length)
    return self.finish(torch.slice(x, 0, count - wanted, count), norms, matrices, logits)
  def step(self, embedding: Tensor, norms: List[Tensor], matrices: List[@TYPE], cosines: Tensor, sines: Tensor, cache: Tensor, ids: Tensor, logits: Tensor, positions: Tensor, rows: int, length: int) -> int:
    x = torch.embedding(embedding, torch.slice(@IDS, 0, 0, rows))
    at = torch.slice(@POSITIONS, 0, 0, rows)
    mask = annotate(Optional[Tensor], None)
    if rows > 1:
      later = torch.gt(torch.arange(length, device=x.device), at.unsqueeze(1))
      mask = torch.masked_fill(torch.zeros([rows, length], dtype=@CACHE_TYPE, device=x.device), later, float("-inf")).view([rows, 1, 1, length])
    x = self.blocks(x, norms, matrices, torch.embedding(cosines, at), torch.embedding(sines, at), torch.slice(cache, 1, 0, rows), at, mask, rows, 1, length - 1, length)
    return self.finish(x, norms, matrices, logits)
""";
}
