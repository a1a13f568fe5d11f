/** The capacity of a variant: what rate to offer next, and what the offered rates have shown. */
@NullMarked
package dev.weighbridge.analysis.capacity;

import org.jspecify.annotations.NullMarked;
