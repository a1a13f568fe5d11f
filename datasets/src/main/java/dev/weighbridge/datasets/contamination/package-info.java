/** Whether the samples of a task stand in a model's training text. */
@NullMarked
package dev.weighbridge.datasets.contamination;

import org.jspecify.annotations.NullMarked;
