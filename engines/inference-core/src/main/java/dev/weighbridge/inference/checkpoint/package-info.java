/** A Hugging Face checkpoint folder as data: configuration, tensors, tokenizer files. Never reads pickles. */
@NullMarked
package dev.weighbridge.inference.checkpoint;

import org.jspecify.annotations.NullMarked;
