/** Engines that are another one under a second name, as fast or slower by a known share, to try decisions on. */
@NullMarked
package dev.weighbridge.microbench.twins;

import org.jspecify.annotations.NullMarked;
