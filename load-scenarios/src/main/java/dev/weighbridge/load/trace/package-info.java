/** Arrivals and lengths that were recorded of a real service, replayed. */
@NullMarked
package dev.weighbridge.load.trace;

import org.jspecify.annotations.NullMarked;
