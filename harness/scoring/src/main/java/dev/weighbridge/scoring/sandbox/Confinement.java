package dev.weighbridge.scoring.sandbox;

import java.util.List;

/** A means of this machine to start a process that sees, reaches and outlives nothing. */
interface Confinement {

    /** What the means is called in messages. */
    String name();

    /**
     * The command that runs a warden as the first process of fresh namespaces.
     *
     * @param runtime what to run, and what it must be able to read
     * @param limits what it may use
     */
    List<String> command(LanguageRuntime runtime, SandboxLimits limits);

    /** The folder every run works in: a file system in memory of its own. */
    String BOX = "/box";

    /** Devices a program sees: they hold nothing and change nothing. */
    List<String> DEVICES = List.of("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom");
}
