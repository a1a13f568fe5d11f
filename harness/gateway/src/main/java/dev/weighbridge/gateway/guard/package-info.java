/** Judges what goes into a model and what comes out of it. */
@NullMarked
package dev.weighbridge.gateway.guard;

import org.jspecify.annotations.NullMarked;
