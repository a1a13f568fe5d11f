/** Triton's generate extension of KServe's second protocol, streamed. */
@NullMarked
package dev.weighbridge.load.kserve;

import org.jspecify.annotations.NullMarked;
