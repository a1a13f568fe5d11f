/** The inference core: one model served to many requests, whatever tensor library computes it. */
@NullMarked
package dev.weighbridge.inference;

import org.jspecify.annotations.NullMarked;
