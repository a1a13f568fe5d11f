/** What the machine does while a load runs. */
@NullMarked
package dev.weighbridge.core.telemetry;

import org.jspecify.annotations.NullMarked;
