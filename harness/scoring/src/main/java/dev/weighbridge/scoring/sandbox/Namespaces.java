package dev.weighbridge.scoring.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Confinement by util-linux alone: {@code unshare} makes the namespaces, a shell script builds a root
 * file system in memory and moves into it, {@code setpriv} gives up every capability for good.
 */
final class Namespaces implements Confinement {
    private final Path unshare;
    private final Path shell;
    private final List<String> unprivileged;

    private Namespaces(Path unshare, Path shell, List<String> unprivileged) {
        this.unshare = unshare;
        this.shell = shell;
        this.unprivileged = List.copyOf(unprivileged);
    }

    static Optional<Confinement> ofThisMachine(List<String> unprivileged) {
        Optional<Path> unshare = Machine.program("unshare");
        Optional<Path> shell = Machine.program("sh");
        boolean complete = unshare.isPresent()
                && Machine.program("setpriv").isPresent()
                && shell.isPresent()
                && Machine.program("pivot_root").isPresent()
                && Machine.program("mount").isPresent();
        return complete ? Optional.of(new Namespaces(unshare.get(), shell.get(), unprivileged)) : Optional.empty();
    }

    @Override
    public String name() {
        return "util-linux";
    }

    @Override
    public List<String> command(LanguageRuntime runtime, SandboxLimits limits) {
        List<String> command = new ArrayList<>(unprivileged);
        command.addAll(List.of(
                unshare.toString(),
                "--user",
                "--map-root-user",
                "--net",
                "--pid",
                "--mount",
                "--ipc",
                "--uts",
                "--cgroup"));
        command.addAll(List.of("--fork", "--kill-child", "--", shell.toString(), "-c"));
        command.add(LanguageRuntime.resource("namespaces.sh"));
        command.add("sandbox");
        command.add(Long.toString(limits.diskBytes()));
        // The watch in the warden says so when the number is reached; this only bounds what it may miss.
        command.add(Integer.toString(2 * limits.files() + 16));
        command.add(shown(runtime));
        command.add(String.join(" ", DEVICES));
        command.addAll(List.of("/usr/bin/env", "-i"));
        for (Map.Entry<String, String> variable : new TreeMap<>(LanguageRuntime.ENVIRONMENT).entrySet()) {
            command.add(variable.getKey() + "=" + variable.getValue());
        }
        command.addAll(runtime.command());
        return command;
    }

    /** What to show, one a line: no name with a line break in it leads anywhere. */
    private static String shown(LanguageRuntime runtime) {
        List<String> shown = new ArrayList<>(List.of("/usr"));
        Machine.systemFolders().forEach(folder -> shown.add(folder.toString()));
        runtime.shown().forEach(path -> shown.add(path.toString()));
        return String.join("\n", shown);
    }
}
