package dev.weighbridge.scoring.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Confinement by bubblewrap, the sandbox of Flatpak (github.com/containers/bubblewrap), 0.7 or later. */
final class Bubblewrap implements Confinement {
    private final Path bwrap;
    private final List<String> unprivileged;
    private final boolean disablesUserNamespaces;

    /**
     * Confinement by one bubblewrap.
     *
     * @param bwrap its program
     * @param unprivileged the start of a command that gives up root
     * @param disablesUserNamespaces whether it knows {@code --disable-userns}, as from 0.8
     */
    Bubblewrap(Path bwrap, List<String> unprivileged, boolean disablesUserNamespaces) {
        this.bwrap = bwrap;
        this.unprivileged = List.copyOf(unprivileged);
        this.disablesUserNamespaces = disablesUserNamespaces;
    }

    @Override
    public String name() {
        return "bubblewrap";
    }

    @Override
    public List<String> command(LanguageRuntime runtime, SandboxLimits limits) {
        List<String> command = new ArrayList<>(unprivileged);
        command.add(bwrap.toString());
        command.addAll(List.of("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"));
        command.addAll(List.of("--unshare-cgroup-try", "--die-with-parent", "--new-session", "--as-pid-1"));
        if (disablesUserNamespaces) {
            command.add("--disable-userns");
        }
        command.addAll(List.of("--cap-drop", "ALL", "--hostname", "box", "--clearenv"));
        for (Map.Entry<String, String> variable : new TreeMap<>(LanguageRuntime.ENVIRONMENT).entrySet()) {
            command.addAll(List.of("--setenv", variable.getKey(), variable.getValue()));
        }
        addFiles(command, runtime);
        command.addAll(List.of("--size", Long.toString(limits.diskBytes()), "--tmpfs", BOX));
        command.addAll(List.of("--remount-ro", "/", "--chdir", BOX, "--"));
        command.addAll(runtime.command());
        return command;
    }

    private static void addFiles(List<String> command, LanguageRuntime runtime) {
        command.addAll(List.of("--ro-bind", "/usr", "/usr"));
        for (Path folder : Machine.systemFolders()) {
            if (Files.isSymbolicLink(folder)) {
                command.addAll(List.of("--symlink", target(folder), folder.toString()));
            } else {
                command.addAll(List.of("--ro-bind", folder.toString(), folder.toString()));
            }
        }
        for (Path path : runtime.shown()) {
            command.addAll(List.of("--ro-bind", path.toString(), path.toString()));
        }
        command.addAll(List.of("--proc", "/proc", "--dir", "/dev", "--symlink", "box", "/tmp"));
        for (String device : DEVICES) {
            command.addAll(List.of("--dev-bind", device, device));
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
