package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.WeightView;

/**
 * Rows of one projection that holds queries, keys and values group by group: the query heads that share a key head, then that
 * key head, then its value head.
 */
final class FusedHeads {
    private FusedHeads() {}

    /** The rows of a role in a matrix or in its bias. */
    static WeightView view(String tensor, Role role, Attention attention) {
        int size = attention.headSize();
        int queries = attention.group() * size;
        int stride = queries + 2 * size;
        return switch (role.part()) {
            case QUERY, QUERY_BIAS -> WeightView.groups(tensor, attention.keyValueHeads(), stride, 0, queries);
            case KEY, KEY_BIAS -> WeightView.groups(tensor, attention.keyValueHeads(), stride, queries, size);
            case VALUE, VALUE_BIAS ->
                WeightView.groups(tensor, attention.keyValueHeads(), stride, queries + size, size);
            default -> throw new IllegalArgumentException(role + " is no part of a fused projection");
        };
    }
}
