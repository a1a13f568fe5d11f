/** Whether an answer refuses. */
@NullMarked
package dev.weighbridge.scoring.refusal;

import org.jspecify.annotations.NullMarked;
