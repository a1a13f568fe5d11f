/** Trains the project's demo model on DJL PyTorch and writes it as a Hugging Face folder. */
@NullMarked
package dev.weighbridge.training;

import org.jspecify.annotations.NullMarked;
