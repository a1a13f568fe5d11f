package dev.weighbridge.inference.family;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Which layers see a window of positions alone. */
final class LayerTypes {
    private LayerTypes() {}

    /**
     * Reads {@code layer_types}, or what older configurations say instead of it.
     *
     * @param older whether a layer, counted from 0, sees a window where there are no {@code layer_types}
     */
    static List<Boolean> windowed(Configuration config, int layers, IntPredicate older) {
        List<String> types = config.words("layer_types");
        List<Boolean> windowed = new ArrayList<>();
        if (types == null) {
            for (int layer = 0; layer < layers; layer++) {
                windowed.add(older.test(layer));
            }
            return windowed;
        }
        if (types.size() != layers
                || !List.of("full_attention", "sliding_attention").containsAll(types)) {
            throw config.damaged(
                    "layer_types", "full_attention or sliding_attention for each of the " + layers + " layers");
        }
        types.forEach(type -> windowed.add(type.equals("sliding_attention")));
        return windowed;
    }

    /** A window as a definition has it: 0 where it is as long as the context. */
    static int window(Configuration config, String key, int standard, int contextLength) {
        int window = config.whole(key, standard);
        return window >= contextLength ? 0 : window;
    }
}
