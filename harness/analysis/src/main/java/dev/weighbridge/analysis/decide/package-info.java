/** From the facts of a run to a deployment decision. */
@NullMarked
package dev.weighbridge.analysis.decide;

import org.jspecify.annotations.NullMarked;
