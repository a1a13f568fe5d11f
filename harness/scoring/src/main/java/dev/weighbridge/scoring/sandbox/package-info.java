/**
 * Runs code a model wrote, and says whether it passes its tests, without letting it touch the machine.
 *
 * <p>Every run is a process of its own in its own user, process, network, mount and IPC namespaces, with
 * no network, no view of the machine's files but {@code /usr} and the language's runtime, an empty
 * environment, a small folder in memory that vanishes with it, and limits on time, memory, processes,
 * files and output. Where the machine does not permit this, {@link
 * dev.weighbridge.scoring.sandbox.Sandbox#open} refuses; nothing is ever run unconfined.
 */
@NullMarked
package dev.weighbridge.scoring.sandbox;

import org.jspecify.annotations.NullMarked;
