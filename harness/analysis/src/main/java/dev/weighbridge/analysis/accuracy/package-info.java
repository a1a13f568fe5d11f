/** Right and wrong answers, closeness to the baseline, and how sure one can be of a difference. */
@NullMarked
package dev.weighbridge.analysis.accuracy;

import org.jspecify.annotations.NullMarked;
