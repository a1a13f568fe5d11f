/**
 * The ONNX Runtime backend: a decoder graph written from Java, weights mapped from files, a KV cache updated in place.
 */
@NullMarked
package dev.weighbridge.engines.onnxruntime;

import org.jspecify.annotations.NullMarked;
