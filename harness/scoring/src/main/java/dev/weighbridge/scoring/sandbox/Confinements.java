package dev.weighbridge.scoring.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The means of confinement this machine has installed, the preferred first. */
final class Confinements {
    static final String REMEDY =
            "Run on Linux with user namespaces permitted (sysctl user.max_user_namespaces above 0, and where they"
                    + " exist kernel.unprivileged_userns_clone=1 and kernel.apparmor_restrict_unprivileged_userns=0; in a"
                    + " container, one started with --privileged), and install bubblewrap 0.7 or later or util-linux 2.38"
                    + " or later";

    private Confinements() {}

    /**
     * The means to try, in order.
     *
     * @throws SandboxUnavailableException where there is none
     */
    static List<Confinement> ofThisMachine() {
        if (!Machine.isLinux()) {
            throw new SandboxUnavailableException(
                    "programs are confined on Linux only, not on " + System.getProperty("os.name"), REMEDY);
        }
        Optional<List<String>> unprivileged = Machine.unprivileged();
        if (unprivileged.isEmpty()) {
            throw new SandboxUnavailableException(
                    "this program runs as root, whom limits do not bind, and setpriv is not installed",
                    "Run it as another user, or install setpriv, a part of util-linux");
        }
        List<Confinement> means = new ArrayList<>();
        Machine.program("bwrap")
                .ifPresent(bwrap -> means.add(
                        new Bubblewrap(bwrap, unprivileged.get(), help(bwrap).contains("--disable-userns"))));
        Namespaces.ofThisMachine(unprivileged.get()).ifPresent(means::add);
        if (means.isEmpty()) {
            throw new SandboxUnavailableException("neither bubblewrap nor util-linux is installed", REMEDY);
        }
        return List.copyOf(means);
    }

    private static String help(Path program) {
        try {
            Process process = new ProcessBuilder(program.toString(), "--help")
                    .redirectErrorStream(true)
                    .start();
            try {
                process.getOutputStream().close();
                return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            } finally {
                process.waitFor(5, TimeUnit.SECONDS);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
