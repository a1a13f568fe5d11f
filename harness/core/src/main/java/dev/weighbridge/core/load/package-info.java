/** What loads ask, as study and scenario files describe it, before a seed makes a workload of it. */
@NullMarked
package dev.weighbridge.core.load;

import org.jspecify.annotations.NullMarked;
