package dev.weighbridge.engines.pytorch;

import dev.weighbridge.api.InstructionSets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which kernels libtorch takes on a CPU: the widest that the processor has instructions for, unless the environment limits it.
 *
 * <p>Rounding in the last digits differs between any two of them. Only w8a8 differs by more: FBGEMM, which computes it on x64,
 * multiplies unsigned by signed bytes and, without AVX-512's VNNI, clamps the sum of two products to sixteen bits. It has no
 * kernel for AVX's own VNNI. Where sums may be clamped activations get seven bits, so that they never are.
 *
 * @param architecture of the processor, as the system property {@code os.arch} names it
 * @param sets of the processor
 * @param environment of this process
 */
record CpuKernels(String architecture, InstructionSets sets, Map<String, String> environment) {
    /** Read by ATen, which takes it without asking whether the processor can. */
    static final String ATEN_LIMIT = "ATEN_CPU_CAPABILITY";

    /** Read by FBGEMM, which takes it when the processor can. */
    static final String FBGEMM_LIMIT = "FBGEMM_ENABLE_INSTRUCTIONS";

    /** Read by oneDNN, which computes products of 16-bit floats. */
    static final String ONEDNN_LIMIT = "ONEDNN_MAX_CPU_ISA";

    private static final String VNNI = "avx512_vnni";
    private static final Set<String> ATEN_CAPABILITIES = Set.of("default", "avx2", "avx512");
    private static final Set<String> FBGEMM_WITHOUT_VNNI = Set.of("avx2", "avx512", "avx512_256");

    CpuKernels {
        environment = Map.copyOf(environment);
    }

    /** Those of this machine and this process. */
    static CpuKernels ofThisProcess() {
        return new CpuKernels(System.getProperty("os.arch"), InstructionSets.ofThisMachine(), System.getenv());
    }

    /**
     * Whether sums of products of unsigned and signed bytes may be clamped to sixteen bits. Where it is not known the answer is
     * yes, which costs a bit of an activation and is never wrong.
     */
    boolean byteProductsMaySaturate() {
        return isX64() && !fbgemm().equals(VNNI);
    }

    /** One line on the instruction sets in use, for the record. */
    String inUse() {
        if (!isX64() || !sets.known()) {
            return sets.ofKernels();
        }
        String limit = environment.getOrDefault(ONEDNN_LIMIT, "");
        return "ATen " + aten() + ", FBGEMM " + fbgemm() + (limit.isEmpty() ? "" : ", oneDNN at most " + limit);
    }

    /** One line on how w8a8 is computed here and not everywhere; empty where every processor does the same. */
    String numericsOfW8a8() {
        if (!isX64()) {
            return "";
        }
        return byteProductsMaySaturate()
                ? "w8a8: activations have 7 bits, because sums of byte products saturate without AVX-512 VNNI"
                : "w8a8: activations have 8 bits thanks to AVX-512 VNNI; on x64 without it they have 7";
    }

    private String aten() {
        String limit = environment.getOrDefault(ATEN_LIMIT, "").toLowerCase(Locale.ROOT);
        if (ATEN_CAPABILITIES.contains(limit)) {
            return limit;
        }
        boolean fused = sets.has("fma");
        return hasAvx512() && fused ? "avx512" : sets.has("avx2") && fused ? "avx2" : "default";
    }

    private String fbgemm() {
        String limit = environment.getOrDefault(FBGEMM_LIMIT, "").toLowerCase(Locale.ROOT);
        String widest = sets.has(VNNI) ? VNNI : hasAvx512() ? "avx512" : "avx2";
        boolean holds = FBGEMM_WITHOUT_VNNI.contains(limit) && !widest.equals("avx2");
        return holds ? limit : widest;
    }

    private boolean hasAvx512() {
        return sets.has("avx512f") && sets.has("avx512bw") && sets.has("avx512dq") && sets.has("avx512vl");
    }

    private boolean isX64() {
        return architecture.toLowerCase(Locale.ROOT).matches("amd64|x86_64");
    }
}
