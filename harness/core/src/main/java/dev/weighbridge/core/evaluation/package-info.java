/** Right and wrong answers, and how sure one can be of a difference. */
@NullMarked
package dev.weighbridge.core.evaluation;

import org.jspecify.annotations.NullMarked;
