/** The counterpart a load client is measured against: a server that answers without any work. */
@NullMarked
package dev.weighbridge.load.calibration;

import org.jspecify.annotations.NullMarked;
