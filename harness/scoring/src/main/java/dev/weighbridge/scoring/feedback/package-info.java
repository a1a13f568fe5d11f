/** What users said of answers, by variant, and what their silence leaves open. */
@NullMarked
package dev.weighbridge.scoring.feedback;

import org.jspecify.annotations.NullMarked;
