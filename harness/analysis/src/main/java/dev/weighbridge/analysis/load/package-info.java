/** From the raw facts of a load run to its figures and its validity. */
@NullMarked
package dev.weighbridge.analysis.load;

import org.jspecify.annotations.NullMarked;
