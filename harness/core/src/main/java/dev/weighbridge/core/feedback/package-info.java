/** Figures of what users said, with their intervals. */
@NullMarked
package dev.weighbridge.core.feedback;

import org.jspecify.annotations.NullMarked;
