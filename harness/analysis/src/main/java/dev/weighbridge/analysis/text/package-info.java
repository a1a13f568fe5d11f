/** How figures, reasons and untrusted text become readable. */
@NullMarked
package dev.weighbridge.analysis.text;

import org.jspecify.annotations.NullMarked;
