/**
 * The engine SPI: what the harness drives, and the records that cross that seam.
 *
 * <p>An adapter computes; it never reads a clock, never counts its own tokens for the harness and never decides what
 * failed. The harness stamps inside its own {@link dev.weighbridge.api.TokenListener}.
 */
@NullMarked
package dev.weighbridge.api;

import org.jspecify.annotations.NullMarked;
