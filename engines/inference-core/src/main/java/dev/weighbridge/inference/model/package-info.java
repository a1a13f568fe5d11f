/**
 * What a decoder is, as data: a definition made of blocks, the roles that its weights have, and views that find a role's values
 * among the tensors of a checkpoint.
 *
 * <p>Backends know these alone, never the names and layouts in which Hugging Face checkpoints store a family's tensors.
 */
@NullMarked
package dev.weighbridge.inference.model;

import org.jspecify.annotations.NullMarked;
