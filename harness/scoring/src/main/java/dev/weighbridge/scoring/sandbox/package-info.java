/** Runs programs that nobody has read, where they can do no harm. */
@NullMarked
package dev.weighbridge.scoring.sandbox;

import org.jspecify.annotations.NullMarked;
