/** How close a text is to its references, by the field's definitions. */
@NullMarked
package dev.weighbridge.scoring.text;

import org.jspecify.annotations.NullMarked;
