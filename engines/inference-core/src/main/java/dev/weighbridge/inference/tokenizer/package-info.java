/** Text to tokens and back, and chat templates. */
@NullMarked
package dev.weighbridge.inference.tokenizer;

import org.jspecify.annotations.NullMarked;
