package dev.weighbridge.analysis.text;

import dev.weighbridge.results.Variant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Short names of the variants of a run: engine, precision, batching, and whatever else tells them apart. */
public final class VariantNames {
    private static final int LONGEST_PART = 32;

    private VariantNames() {}

    /** Name by variant id; no two are the same. Model, hardware and device appear only where there are several. */
    public static Map<String, String> of(List<Variant> variants) {
        List<Function<Variant, String>> parts = new ArrayList<>();
        if (several(variants, Variant::model)) {
            parts.add(Variant::model);
        }
        parts.addAll(List.of(Variant::engine, Variant::precision, Variant::batching));
        if (several(variants, Variant::hardware)) {
            parts.add(Variant::hardware);
        }
        if (several(variants, Variant::device)) {
            parts.add(Variant::device);
        }
        Map<String, String> names = new LinkedHashMap<>();
        Set<String> taken = new LinkedHashSet<>();
        for (Variant variant : variants) {
            String name = parts.stream()
                    .map(part -> SafeText.clean(part.apply(variant), LONGEST_PART))
                    .collect(Collectors.joining(" · "));
            String unique = name;
            for (int i = 2; !taken.add(unique); i++) {
                unique = name + " #" + i;
            }
            names.put(variant.id(), unique);
        }
        return names;
    }

    private static boolean several(List<Variant> variants, Function<Variant, String> part) {
        return variants.stream().map(part).distinct().count() > 1;
    }
}
