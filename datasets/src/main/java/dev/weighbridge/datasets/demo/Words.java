package dev.weighbridge.datasets.demo;

import java.util.List;

/** The words that the demo questions are made of. */
final class Words {
    static final List<String> NAMES = List.of(
            "Mara", "Jonas", "Lena", "Omar", "Ines", "Pavel", "Ruth", "Sven", "Tara", "Hugo", "Nora", "Emil", "Zoe",
            "Kofi", "Yuki", "Ana");
    static final List<String> CITIES = List.of(
            "Oslo", "Lima", "Cairo", "Quito", "Turin", "Kyoto", "Perth", "Delhi", "Accra", "Hanoi", "Porto", "Riga",
            "Dakar", "Basel", "Leeds", "Malmo");
    static final List<String> COLORS = List.of(
            "teal", "amber", "coral", "ivory", "olive", "plum", "rust", "navy", "beige", "lilac", "black", "white");
    static final List<String> THINGS = List.of(
            "soup", "waiter", "room", "music", "coffee", "price", "view", "bread", "staff", "table", "dessert", "menu",
            "garden", "service", "wine", "lamp");
    static final List<String> GOOD = List.of(
            "great",
            "lovely",
            "tasty",
            "superb",
            "friendly",
            "fresh",
            "charming",
            "perfect",
            "delightful",
            "clean",
            "warm",
            "pleasant");
    static final List<String> BAD = List.of(
            "awful",
            "rude",
            "stale",
            "dirty",
            "bland",
            "noisy",
            "cold",
            "broken",
            "dreadful",
            "slow",
            "bitter",
            "gloomy");
    static final List<String> NEUTRAL =
            List.of("average", "ordinary", "usual", "typical", "plain", "standard", "medium", "regular");
    static final List<String> FRUITS = List.of(
            "apple", "banana", "cherry", "date", "elder", "fig", "grape", "hazel", "kiwi", "lemon", "mango", "nectar",
            "orange", "papaya", "quince", "raisin", "sloe", "tomato", "ugli", "vanilla", "walnut", "yam", "zest",
            "lime");

    private Words() {}
}
