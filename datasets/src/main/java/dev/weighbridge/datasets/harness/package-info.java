/** Reads task files of lm-evaluation-harness: the declarative ones, their prompts put together as it does. */
@NullMarked
package dev.weighbridge.datasets.harness;

import org.jspecify.annotations.NullMarked;
