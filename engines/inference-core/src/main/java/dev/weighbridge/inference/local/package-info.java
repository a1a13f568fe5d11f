/**
 * The harness's side of an engine that runs here: it launches the engine's own process, speaks to its local server, and
 * turns whatever goes wrong there into an {@link dev.weighbridge.api.EngineException}.
 */
@NullMarked
package dev.weighbridge.inference.local;

import org.jspecify.annotations.NullMarked;
