package dev.weighbridge.analysis.text;

import dev.weighbridge.results.Variant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Short names of the variants of a run: engine, precision, batching, and whatever else tells them apart. */
public final class VariantNames {
    private static final int LONGEST_PART = 32;

    private VariantNames() {}

    /** Name by variant id; no two are the same. Model, hardware, device and options appear only where there are several. */
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
        for (String option : options(variants)) {
            if (several(variants, variant -> option(variant, option))) {
                parts.add(variant -> option(variant, option));
            }
        }
        Map<String, String> names = new LinkedHashMap<>();
        Set<String> taken = new LinkedHashSet<>();
        for (Variant variant : variants) {
            String name = parts.stream()
                    .map(part -> SafeText.clean(part.apply(variant), LONGEST_PART))
                    .filter(part -> !part.isEmpty())
                    .collect(Collectors.joining(" · "));
            String unique = name;
            for (int i = 2; !taken.add(unique); i++) {
                unique = name + " #" + i;
            }
            names.put(variant.id(), unique);
        }
        return names;
    }

    private static Set<String> options(List<Variant> variants) {
        Set<String> names = new TreeSet<>();
        variants.forEach(variant -> names.addAll(given(variant).keySet()));
        return names;
    }

    private static Map<String, String> given(Variant variant) {
        Map<String, String> options = variant.options();
        return options == null ? Map.of() : options;
    }

    /** An option with its name, as a value alone often says nothing; nothing where a variant has no such option. */
    private static String option(Variant variant, String name) {
        String value = given(variant).get(name);
        return value == null ? "" : name + " " + value;
    }

    private static boolean several(List<Variant> variants, Function<Variant, String> part) {
        return variants.stream().map(part).distinct().count() > 1;
    }
}
