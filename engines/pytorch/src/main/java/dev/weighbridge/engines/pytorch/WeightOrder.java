package dev.weighbridge.engines.pytorch;

import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The order in which a script takes weights, found while it is written: whatever the script reads is asked for here.
 *
 * <p>Each place holds the rows of several weights below one another, a fused matrix or vector.
 */
final class WeightOrder {
    private final List<List<Role>> vectors = new ArrayList<>();
    private final List<List<Role>> matrices = new ArrayList<>();

    /** Takes a place among the vectors, and gives its number. Matrices that no precision quantizes are vectors, too. */
    int vector(List<Role> roles) {
        vectors.add(List.copyOf(roles));
        return vectors.size() - 1;
    }

    /** Takes a place among the linear layers' matrices, and gives its number. */
    int matrix(List<Role> roles) {
        matrices.add(List.copyOf(roles));
        return matrices.size() - 1;
    }

    /** Appends the places of a block that was written for layer 0, as those of another layer. */
    void append(WeightOrder block, int layer) {
        block.vectors.forEach(roles -> vectors.add(inLayer(roles, layer)));
        block.matrices.forEach(roles -> matrices.add(inLayer(roles, layer)));
    }

    List<List<Role>> vectors() {
        return List.copyOf(vectors);
    }

    List<List<Role>> matrices() {
        return List.copyOf(matrices);
    }

    /** Roles of layer 0 and an expert, or of -1 for the only MLP. */
    static List<Role> roles(int expert, Part... parts) {
        return Stream.of(parts).map(part -> new Role(part, 0, expert)).toList();
    }

    private static List<Role> inLayer(List<Role> roles, int layer) {
        return roles.stream()
                .map(role -> new Role(role.part(), layer, role.expert()))
                .toList();
    }
}
