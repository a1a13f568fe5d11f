/** Decoders as TorchScript on libtorch, through DJL's PyTorch engine. */
@NullMarked
package dev.weighbridge.engines.pytorch;

import org.jspecify.annotations.NullMarked;
