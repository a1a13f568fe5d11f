/** An engine of known capacity, which serves one request after the other on a schedule, to try the search for capacities on. */
@NullMarked
package dev.weighbridge.microbench.paced;

import org.jspecify.annotations.NullMarked;
