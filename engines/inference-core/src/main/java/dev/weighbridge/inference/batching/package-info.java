/** Groups concurrent requests into forward passes of one session. */
@NullMarked
package dev.weighbridge.inference.batching;

import org.jspecify.annotations.NullMarked;
