package dev.weighbridge.core.study;

import dev.weighbridge.gateway.GatewayFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands before the engines of a study: a variant of its own for each gateway, and for none.
 *
 * @param names in the order of the study, {@value #NONE} among them; empty where the study names no gateway
 * @param files by name
 */
record Gateways(List<String> names, Map<String, Path> files) {
    /** Name of no gateway at all. */
    static final String NONE = "none";

    /** Reads {@code gateways}, a list of files and {@value #NONE}. A file that cannot be used is a problem of the study. */
    static Gateways read(Section root, Path folder) {
        List<String> names = new ArrayList<>();
        Map<String, Path> files = new LinkedHashMap<>();
        for (String text : root.list("gateways", List.of(), text -> text)) {
            String name = text.equals(NONE) ? NONE : stem(text);
            if (names.contains(name)) {
                root.problem("gateways", "has '" + name + "' twice. Rename a file.");
            }
            names.add(name);
            if (!text.equals(NONE)) {
                Path file = folder.resolve(text).normalize();
                if (!Files.isRegularFile(file)) {
                    root.problem("gateways", "names the file " + file + ", which does not exist");
                } else {
                    check(root, file);
                }
                files.put(name, file);
            }
        }
        return new Gateways(List.copyOf(names), Map.copyOf(files));
    }

    private static void check(Section root, Path file) {
        try {
            GatewayFile.read(file, System::getenv);
        } catch (IllegalArgumentException e) {
            root.problem("gateways", "cannot be used: " + e.getMessage());
        }
    }

    private static String stem(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1).replaceFirst("\\.ya?ml$", "");
        return name.replaceAll("[^A-Za-z0-9._-]", "_");
    }
}
