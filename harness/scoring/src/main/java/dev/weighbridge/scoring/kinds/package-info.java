/** The kinds of scorers that Weighbridge brings. */
@NullMarked
package dev.weighbridge.scoring.kinds;

import org.jspecify.annotations.NullMarked;
