/** Text encoders run by ONNX Runtime: classes, pairs and sentences. */
@NullMarked
package dev.weighbridge.engines.onnxruntime.encoder;

import org.jspecify.annotations.NullMarked;
