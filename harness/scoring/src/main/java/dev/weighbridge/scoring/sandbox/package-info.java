/**
 * Runs code a model wrote, and says whether it passes its tests, without letting it touch the machine.
 *
 * <p>Every run is a process of its own in its own user, process, network, mount, IPC and UTS namespaces,
 * as a user who owns nothing, without capabilities and without a way to gain any. It has no network, sees
 * no file but {@code /usr} and its language's runtime, starts with an empty environment, and works in a
 * small folder in memory that vanishes with it. The first process of its namespace is our warden, which
 * the program can neither end nor look into; when the warden ends, the kernel ends all others.
 *
 * <p>The kernel bounds each process: CPU time, addresses, file size, open files, the number of processes,
 * and by a filter the system calls. The warden bounds their sum, every 20 ms: wall time, memory, processes,
 * files, output; between two looks a program can go beyond a limit by what it gets done in that time.
 *
 * <p>Where the machine does not permit this, {@link dev.weighbridge.scoring.sandbox.Sandbox#open} refuses:
 * it believes no configuration, but runs a program that tries to get out. Nothing is ever run unconfined.
 *
 * <p>What it does not hold against: errors of the kernel, which all programs of a machine share; and
 * programs that deceive the tests they share an interpreter with, see {@link
 * dev.weighbridge.scoring.sandbox.Sandbox}. Java programs are bounded by their heap and by the warden,
 * not in their addresses, for a virtual machine reserves more than it uses.
 */
@NullMarked
package dev.weighbridge.scoring.sandbox;

import org.jspecify.annotations.NullMarked;
