/** Judges answers: filters, scorers and aggregations, as pure functions of texts and likelihoods. */
@NullMarked
package dev.weighbridge.scoring;

import org.jspecify.annotations.NullMarked;
