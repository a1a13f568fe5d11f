package dev.weighbridge.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Instruction sets of a processor, by the names that Linux gives them, such as {@code avx2} or {@code avx512_vnni}.
 *
 * <p>They decide which kernels a tensor library takes, and with some precisions what comes out of them.
 *
 * @param flags all that the processor has; empty where they are not known
 */
public record InstructionSets(Set<String> flags) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** What kernels for linear layers are written for, on x64 and AArch64, in the order in which it came. */
    private static final List<String> OF_KERNELS = List.of(
            "sse4_1",
            "avx",
            "f16c",
            "fma",
            "avx2",
            "avx512f",
            "avx512bw",
            "avx512dq",
            "avx512vl",
            "avx512_vnni",
            "avx512_bf16",
            "avx512_fp16",
            "avx_vnni",
            "amx_tile",
            "amx_int8",
            "amx_bf16",
            "asimd",
            "asimdhp",
            "asimddp",
            "sve",
            "i8mm",
            "bf16",
            "sve2",
            "sme");

    public InstructionSets {
        flags = Set.copyOf(flags);
    }

    /** Those of this machine's first processor; not known where there is no {@code /proc/cpuinfo}. */
    public static InstructionSets ofThisMachine() {
        try {
            return parse(Files.readString(CPU_INFO, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return new InstructionSets(Set.of());
        }
    }

    /**
     * Reads the flags of the first processor.
     *
     * @param cpuInfo text of {@code /proc/cpuinfo}, where x64 has a line {@code flags} and AArch64 a line {@code Features}
     */
    public static InstructionSets parse(String cpuInfo) {
        return new InstructionSets(cpuInfo.lines()
                .filter(line -> line.matches("(flags|Features)\\s*:.*"))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .filter(list -> !list.isEmpty())
                .map(list -> Arrays.stream(list.split("\\s+")).collect(Collectors.toSet()))
                .orElse(Set.of()));
    }

    /** Whether anything is known of them. */
    public boolean known() {
        return !flags.isEmpty();
    }

    /** Whether the processor has one; never where they are not known. */
    public boolean has(String flag) {
        return flags.contains(flag);
    }

    /** Those that kernels of tensor libraries are written for, with spaces between them. */
    public String ofKernels() {
        return OF_KERNELS.stream().filter(flags::contains).collect(Collectors.joining(" "));
    }
}
