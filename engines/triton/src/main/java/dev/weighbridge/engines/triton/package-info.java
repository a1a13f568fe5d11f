/**
 * Servers that speak KServe's second inference protocol, Triton Inference Server first: over HTTP with Triton's generate extension, or
 * over gRPC with decoupled streams.
 */
@NullMarked
package dev.weighbridge.engines.triton;

import org.jspecify.annotations.NullMarked;
