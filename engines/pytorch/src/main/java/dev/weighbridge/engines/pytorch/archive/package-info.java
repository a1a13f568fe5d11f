/** TorchScript archives written from Java. */
@NullMarked
package dev.weighbridge.engines.pytorch.archive;

import org.jspecify.annotations.NullMarked;
