package dev.weighbridge.training;

/**
 * The TorchScript of one training step of a Llama-architecture decoder: forward, cross entropy on the answer's tokens,
 * gradients, clipping and fused AdamW (Loshchilov and Hutter, arXiv 1711.05101) in one call.
 *
 * <p>Weights are a list: embedding, final norm, then for each layer input norm, q, k, v, o, post-attention norm, gate, up,
 * down. The embedding is the output layer too.
 */
final class TrainingScript {
    static final int WEIGHTS_BEFORE_LAYERS = 2;
    static final int WEIGHTS_PER_LAYER = 9;

    private TrainingScript() {}

    static String of(DecoderShape definition) {
        return SOURCE.replace("@HIDDEN", Integer.toString(definition.hiddenSize()))
                .replace("@LAYERS", Integer.toString(definition.layers()))
                .replace("@HEADS", Integer.toString(definition.heads()))
                .replace("@KEYS", Integer.toString(definition.keyValueHeads()))
                .replace("@GROUP", Integer.toString(definition.heads() / definition.keyValueHeads()))
                .replace("@SIZE", Integer.toString(definition.headSize()))
                .replace("@QUERY", Integer.toString(definition.querySize()))
                .replace("@VOCABULARY", Integer.toString(definition.vocabularySize()))
                .replace("@EPSILON", Double.toString(definition.normEpsilon()));
    }

    private static final String SOURCE = """
class Trainer(Module):
  def norm(self, x: Tensor, w: Tensor) -> Tensor:
    return torch.rms_norm(x, [@HIDDEN], w, @EPSILON)
  def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b = torch.chunk(x, 2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)
  def project(self, x: Tensor, w: Tensor) -> Tensor:
    return torch.to(torch.linear(torch.to(x, 15), torch.to(w, 15), None), 6)
  def logits(self, w: List[Tensor], cosines: Tensor, sines: Tensor, ids: Tensor) -> Tensor:
    B = ids.size(0)
    S = ids.size(1)
    x = torch.embedding(w[0], ids)
    cos = torch.slice(cosines, 0, 0, S).unsqueeze(1)
    sin = torch.slice(sines, 0, 0, S).unsqueeze(1)
    for l in range(@LAYERS):
      o = 2 + l * 9
      h = self.norm(x, w[o])
      q = self.rotate(self.project(h, w[o + 1]).view([B, S, @HEADS, @SIZE]), cos, sin).transpose(1, 2)
      k = self.rotate(self.project(h, w[o + 2]).view([B, S, @KEYS, @SIZE]), cos, sin).transpose(1, 2)
      v = self.project(h, w[o + 3]).view([B, S, @KEYS, @SIZE]).transpose(1, 2)
      k = torch.repeat_interleave(k, @GROUP, 1)
      v = torch.repeat_interleave(v, @GROUP, 1)
      a = torch.scaled_dot_product_attention(q, k, v, None, 0.0, True)
      x = x + self.project(a.transpose(1, 2).reshape([B, S, @QUERY]), w[o + 4])
      h = self.norm(x, w[o + 5])
      x = x + self.project(torch.silu(self.project(h, w[o + 6])) * self.project(h, w[o + 7]), w[o + 8])
    return torch.linear(self.norm(x, w[1]), w[0], None)
  def predict(self, w: List[Tensor], cosines: Tensor, sines: Tensor, ids: Tensor) -> Tensor:
    return torch.argmax(self.logits(w, cosines, sines, ids), -1)
  def step(self, w: List[Tensor], m: List[Tensor], v: List[Tensor], t: List[Tensor], cosines: Tensor, sines: Tensor, ids: Tensor, targets: Tensor, rate: Tensor) -> Tensor:
    scores = self.logits(w, cosines, sines, ids)
    loss = torch.cross_entropy_loss(scores.view([-1, @VOCABULARY]), targets.view([-1]), None, 1, -100, 0.0)
    found = torch.grad([loss], w)
    gradients = annotate(List[Tensor], [])
    for g in found:
      if g is not None:
        _a = torch.append(gradients, g)
    length = torch.norm(torch.stack(torch._foreach_norm(gradients, 2)), 2)
    torch._foreach_mul_(gradients, torch.clamp(1.0 / (length + 1e-06), None, 1.0))
    parameters = annotate(List[Tensor], [])
    for p in w:
      _b = torch.append(parameters, torch.detach(p))
    torch._foreach_add_(t, 1)
    torch._fused_adamw_(parameters, gradients, m, v, annotate(List[Tensor], []), t, lr=float(rate[0]), beta1=0.9, beta2=0.98, weight_decay=0.01, eps=1e-08, amsgrad=False, maximize=False)
    return torch.detach(loss)
""";
}
