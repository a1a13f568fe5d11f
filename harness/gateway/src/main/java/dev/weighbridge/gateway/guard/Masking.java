package dev.weighbridge.gateway.guard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** Puts masks in the place of findings. */
final class Masking {
    private Masking() {}

    /**
     * The text with its findings masked; of findings that overlap, the one that begins first, and the longer of two that begin
     * together.
     */
    static Verdict apply(String text, List<Finding> findings, Function<Finding, String> mask) {
        if (findings.isEmpty()) {
            return Verdict.PASS;
        }
        List<Finding> ordered = new ArrayList<>(findings);
        ordered.sort(Comparator.comparingInt(Finding::start)
                .thenComparing(Comparator.comparingInt(Finding::end).reversed()));
        StringBuilder masked = new StringBuilder(text.length());
        List<Finding> taken = new ArrayList<>();
        int done = 0;
        for (Finding finding : ordered) {
            if (finding.start() >= done) {
                masked.append(text, done, finding.start()).append(mask.apply(finding));
                taken.add(finding);
                done = finding.end();
            } else if (finding.end() > done) {
                // What lies beyond the finding before it is masked with it.
                done = finding.end();
            }
        }
        masked.append(text, done, text.length());
        return new Verdict.Masked(masked.toString(), taken);
    }
}
