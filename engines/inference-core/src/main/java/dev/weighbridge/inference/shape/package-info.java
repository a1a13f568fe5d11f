/**
 * Checkpoints of a real model's shape with random weights, for studies of speed alone.
 *
 * <p>Tensors follow from the description that the reader has of a family, never from names of their own.
 */
@NullMarked
package dev.weighbridge.inference.shape;

import org.jspecify.annotations.NullMarked;
