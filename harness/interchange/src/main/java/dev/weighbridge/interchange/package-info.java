/** Results of other load generators, read into run directories and written from them. */
@NullMarked
package dev.weighbridge.interchange;

import org.jspecify.annotations.NullMarked;
