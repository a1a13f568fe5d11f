/** Answers held against lexicons of offensive words. */
@NullMarked
package dev.weighbridge.scoring.toxicity;

import org.jspecify.annotations.NullMarked;
