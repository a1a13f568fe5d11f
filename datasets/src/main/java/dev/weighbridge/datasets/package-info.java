/** Task sets: questions with their right answers, as the project ships them. */
@NullMarked
package dev.weighbridge.datasets;

import org.jspecify.annotations.NullMarked;
