/** Data sets as they lie on the Hugging Face hub, and the copies of their files on this machine. */
@NullMarked
package dev.weighbridge.datasets.hub;

import org.jspecify.annotations.NullMarked;
