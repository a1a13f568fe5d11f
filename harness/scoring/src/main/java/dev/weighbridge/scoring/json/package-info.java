/** Answers that are to be JSON: found, read within bounds, and held to a JSON Schema. */
@NullMarked
package dev.weighbridge.scoring.json;

import org.jspecify.annotations.NullMarked;
