/**
 * Load by Gatling: its injector and life cycle, one request action of ours over its HTTP engine, and the reading of
 * streamed answers. Everything that touches Gatling's internals is in {@code GatlingInternals}
 * and {@code RequestAction}.
 */
@NullMarked
package dev.weighbridge.load;

import org.jspecify.annotations.NullMarked;
