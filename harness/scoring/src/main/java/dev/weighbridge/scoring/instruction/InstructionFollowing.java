package dev.weighbridge.scoring.instruction;

import dev.weighbridge.scoring.ScoringException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of a prompt's instructions an answer keeps to: strictly, and loosely, where it is enough that the answer does without
 * its first line, its last line or its asterisks. A blank answer keeps to none.
 *
 * @param strict by instruction
 * @param loose by instruction
 */
public record InstructionFollowing(List<Boolean> strict, List<Boolean> loose) {
    public InstructionFollowing {
        strict = List.copyOf(strict);
        loose = List.copyOf(loose);
    }

    /**
     * Judges an answer.
     *
     * @param ids of the prompt's instructions
     * @param details of each, by name
     * @throws ScoringException when an id is unknown, or details are missing or of another kind
     */
    public static InstructionFollowing of(
            String prompt, List<String> ids, List<? extends Map<?, ?>> details, String answer) {
        if (ids.size() != details.size()) {
            throw new ScoringException("there are " + ids.size() + " instructions with details of " + details.size());
        }
        List<String> versions = versions(answer);
        List<Boolean> strict = new ArrayList<>();
        List<Boolean> loose = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            InstructionKind kind = InstructionKind.of(ids.get(i));
            Details own = new Details(kind.id(), details.get(i), prompt);
            strict.add(follows(kind, answer, own));
            loose.add(versions.stream().anyMatch(version -> follows(kind, version, own)));
        }
        return new InstructionFollowing(strict, loose);
    }

    private static boolean follows(InstructionKind kind, String answer, Details details) {
        return !InstructionKind.blank(answer) && kind.follows(answer, details);
    }

    private static List<String> versions(String answer) {
        int first = answer.indexOf('\n');
        int last = answer.lastIndexOf('\n');
        String withoutFirst = first < 0 ? "" : InstructionKind.strip(answer.substring(first + 1));
        String withoutLast = first < 0 ? "" : InstructionKind.strip(answer.substring(0, last));
        String withoutBoth = first == last ? "" : InstructionKind.strip(answer.substring(first + 1, last));
        Set<String> versions = new LinkedHashSet<>(List.of(answer));
        versions.addAll(List.of(withoutFirst, withoutLast, withoutBoth));
        for (String version : List.of(answer, withoutFirst, withoutLast, withoutBoth)) {
            versions.add(version.replace("*", ""));
        }
        return List.copyOf(versions);
    }
}
