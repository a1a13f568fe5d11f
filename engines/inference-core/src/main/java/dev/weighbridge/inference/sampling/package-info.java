/** From logits to the next token. */
@NullMarked
package dev.weighbridge.inference.sampling;

import org.jspecify.annotations.NullMarked;
