package dev.weighbridge.reports.charts;

import java.awt.Color;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The look of each engine, the same in every chart: a colour that stands out from light and dark paper alike, and a shape
 * for those who cannot tell the colours apart.
 */
final class ChartColours {
    private static final Map<String, Integer> KNOWN = Map.of(
            "onnxruntime",
            0,
            "pytorch",
            1,
            "vllm",
            2,
            "openai",
            2,
            "triton",
            3,
            "sglang",
            4,
            "tgi",
            5,
            "tensorrt-llm",
            6,
            "llamacpp",
            7);
    private static final Color[] PALETTE = {
        new Color(0x2F7FC1),
        new Color(0xD5622B),
        new Color(0x2A9274),
        new Color(0x8A63C9),
        new Color(0xB58A1B),
        new Color(0xC2558C),
        new Color(0x6B8E23),
        new Color(0x3D98A8)
    };

    private static final Marker[] MARKERS = {
        SeriesMarkers.CIRCLE,
        SeriesMarkers.SQUARE,
        SeriesMarkers.TRIANGLE_UP,
        SeriesMarkers.DIAMOND,
        SeriesMarkers.TRIANGLE_DOWN,
        SeriesMarkers.TRAPEZOID,
        SeriesMarkers.OVAL,
        SeriesMarkers.RECTANGLE
    };

    private final Map<String, Integer> places = new LinkedHashMap<>();

    ChartColours(Collection<String> engines) {
        for (String engine : new TreeSet<>(engines)) {
            Integer known = KNOWN.get(engine);
            int place = known == null || places.containsValue(known) ? firstFree() : known;
            places.put(engine, place);
        }
    }

    Color colour(String engine) {
        return PALETTE[place(engine) % PALETTE.length];
    }

    Marker marker(String engine) {
        return MARKERS[place(engine) % MARKERS.length];
    }

    /** Engines in the order of their names. */
    Collection<String> engines() {
        return places.keySet();
    }

    private int place(String engine) {
        return places.getOrDefault(engine, 0);
    }

    private int firstFree() {
        int place = 0;
        while (places.containsValue(place)) {
            place++;
        }
        return place;
    }
}
