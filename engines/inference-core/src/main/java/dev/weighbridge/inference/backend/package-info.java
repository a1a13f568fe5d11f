/**
 * The seam between the inference core and a tensor library: compile a decoder at a precision, load it, prefill and step.
 *
 * <p>A backend knows nothing of HTTP, batching, sampling, text or time.
 */
@NullMarked
package dev.weighbridge.inference.backend;

import org.jspecify.annotations.NullMarked;
