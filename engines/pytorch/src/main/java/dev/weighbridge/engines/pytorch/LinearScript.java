package dev.weighbridge.engines.pytorch;

import dev.weighbridge.api.Precision;

/**
 * The TorchScript of a linear layer at one precision: how a weight is turned into what the kernel takes, and the kernel's call.
 *
 * <p>Scalar types are numbers in TorchScript: 1 is int8, 3 int32, 4 int64, 5 fp16, 6 fp32, 7 fp64, 12 qint8, 15 bf16.
 *
 * @param type of a prepared weight
 * @param methods {@code pack(w) -> type}, from fp32 {@code [outputs, inputs]}; {@code linear(x, p, outputs)},
 *     {@code biased(x, p, bias)} and {@code plus(residual, x, p)}, from and to fp32 {@code [tokens, width]}
 */
record LinearScript(String type, String methods) {
    /** Inputs that share a scale at int4. */
    static final int BLOCK_SIZE = 32;

    /** Outputs that the int4 kernel's packing wants a multiple of, on the CPU and on CUDA. */
    private static final int PACKED_OUTPUTS = 32;

    private static final int PACKED_OUTPUTS_ON_CUDA = 8;

    private static final String PACKED_PARAMETERS = "__torch__.torch.classes.quantized.LinearPackedParamsBase";
    private static final String PAIR = "Tuple[Tensor, Tensor]";

    private static final String ADD_APART = """
  def biased(self, x: Tensor, p: @TYPE, bias: Tensor) -> Tensor:
    return torch.add(self.linear(x, p, bias.size(0)), bias)
  def plus(self, residual: Tensor, x: Tensor, p: @TYPE) -> Tensor:
    return torch.add(residual, self.linear(x, p, residual.size(1)))
""";

    /** Weights stay as they are, seen transposed; {@code addmm} saves a pass over the residual stream. */
    private static final String FULL = """
  def pack(self, w: Tensor) -> Tensor:
    return torch.t(w)
  def linear(self, x: Tensor, p: Tensor, outputs: int) -> Tensor:
    return torch.mm(x, p)
  def biased(self, x: Tensor, p: Tensor, bias: Tensor) -> Tensor:
    return torch.addmm(bias, x, p)
  def plus(self, residual: Tensor, x: Tensor, p: Tensor) -> Tensor:
    return torch.addmm(residual, x, p)
""";

    private static final String HALF = """
  def pack(self, w: Tensor) -> Tensor:
    return torch.t(torch.to(w, @HALF))
  def linear(self, x: Tensor, p: Tensor, outputs: int) -> Tensor:
    return torch.to(torch.mm(torch.to(x, @HALF), p), 6)
""";

    /** Symmetric, one scale an output; activations asymmetric, one scale and zero point a call. */
    private static final String W8A8 = """
  def pack(self, w: Tensor) -> @TYPE:
    s = torch.to(torch.clamp(torch.amax(torch.abs(w), [1]) / 127.0, 1e-12), 7)
    return ops.quantized.linear_prepack(torch.quantize_per_channel(w, s, torch.zeros_like(s, dtype=4), 0, 12), None)
  def linear(self, x: Tensor, p: @TYPE, outputs: int) -> Tensor:
    return ops.quantized.linear_dynamic(x, p, @NARROW)
""";

    /** Symmetric, one scale an output. The scale is rounded first, so that the codes make up for its rounding. */
    private static final String INT8 = """
  def pack(self, w: Tensor) -> Tuple[Tensor, Tensor]:
    w = torch.constant_pad_nd(w, [0, -w.size(1) % 32, 0, -w.size(0) % 32])
    s = torch.to(torch.clamp(torch.amax(torch.abs(w), [1]) / 127.0, 1e-12), 15)
    q = torch.clamp(torch.round(w / torch.to(s, 6).unsqueeze(1)), -127, 127)
    return (torch.to(q, 1), s)
  def linear(self, x: Tensor, p: Tuple[Tensor, Tensor], outputs: int) -> Tensor:
    q, s = p
    missing = q.size(1) - x.size(1)
    if missing > 0:
      x = torch.constant_pad_nd(x, [0, missing])
    y = torch._weight_int8pack_mm(torch.to(x, 15), q, s)
    if y.size(1) > outputs:
      y = torch.slice(y, 1, 0, outputs)
    return torch.to(y, 6)
""";

    /** The extreme of a block gets the code 0, which stands for -8 steps; the scale has the sign that makes it so. */
    private static final String INT4 = """
  def pack(self, w: Tensor) -> Tuple[Tensor, Tensor]:
    w = torch.constant_pad_nd(w, [0, -w.size(1) % @BLOCK, 0, -w.size(0) % @OUTPUTS])
    g = w.view([w.size(0), -1, @BLOCK])
    high = torch.amax(g, [2], True)
    low = torch.amin(g, [2], True)
    s = torch.to(torch.where(torch.gt(high, -low), high, low) / -8.0, 15)
    s = torch.where(torch.eq(s, 0), torch.ones_like(s), s)
    q = torch.clamp(torch.round(g / torch.to(s, 6)) + 8, 0, 15).view([w.size(0), w.size(1)])
    s = s.squeeze(2)
    pairs = torch.stack([s, torch.zeros_like(s)], 2).transpose(0, 1).contiguous()
    return (@PACK, pairs)
  def linear(self, x: Tensor, p: Tuple[Tensor, Tensor], outputs: int) -> Tensor:
    q, s = p
    missing = s.size(0) * @BLOCK - x.size(1)
    if missing > 0:
      x = torch.constant_pad_nd(x, [0, missing])
    y = @MULTIPLY(torch.to(x, 15), q, @BLOCK, s)
    if y.size(1) > outputs:
      y = torch.slice(y, 1, 0, outputs)
    return torch.to(y, 6)
""";

    /**
     * Two codes share a byte, the one of the even input in its upper half. Two tiles of 16 inputs are packed together, since
     * blocks make the number of inputs a multiple of 32 and of nothing more.
     */
    private static final String CODES_IN_PAIRS = """
  def pairs(self, q: Tensor) -> Tensor:
    return torch.slice(q, 1, 0, 9223372036854775807, 2) * 16 + torch.slice(q, 1, 1, 9223372036854775807, 2)
""";

    /**
     * The layer of a precision.
     *
     * @param cuda whether it computes on a CUDA device
     * @param narrowActivations whether w8a8 takes seven bits of an activation, for processors whose byte products saturate
     */
    static LinearScript of(Precision precision, boolean cuda, boolean narrowActivations) {
        return switch (precision) {
            case FP32 -> new LinearScript("Tensor", FULL);
            case BF16 -> apart("Tensor", HALF.replace("@HALF", "15"));
            case FP16 -> apart("Tensor", HALF.replace("@HALF", "5"));
            case W8A8 -> apart(PACKED_PARAMETERS, W8A8.replace("@NARROW", narrowActivations ? "True" : "False"));
            case INT8 -> apart(PAIR, INT8);
            case INT4 -> apart(PAIR, cuda ? int4OnCuda() : int4OnCpu());
        };
    }

    private static String int4OnCpu() {
        return int4(PACKED_OUTPUTS)
                .replace("@PACK", "torch._convert_weight_to_int4pack_for_cpu(torch.to(q, 3), 1)")
                .replace("@MULTIPLY", "torch._weight_int4pack_mm_for_cpu");
    }

    private static String int4OnCuda() {
        return CODES_IN_PAIRS
                + int4(PACKED_OUTPUTS_ON_CUDA)
                        .replace("@PACK", "torch._convert_weight_to_int4pack(self.pairs(torch.to(q, 0)), 2)")
                        .replace("@MULTIPLY", "torch._weight_int4pack_mm");
    }

    private static String int4(int outputs) {
        return INT4.replace("@BLOCK", Integer.toString(BLOCK_SIZE)).replace("@OUTPUTS", Integer.toString(outputs));
    }

    private static LinearScript apart(String type, String methods) {
        return new LinearScript(type, (methods + ADD_APART).replace("@TYPE", type));
    }
}
