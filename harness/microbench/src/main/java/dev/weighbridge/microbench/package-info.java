/** JMH benchmarks of the harness itself. */
@NullMarked
package dev.weighbridge.microbench;

import org.jspecify.annotations.NullMarked;
