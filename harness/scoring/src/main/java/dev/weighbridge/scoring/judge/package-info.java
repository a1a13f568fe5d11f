/**
 * The pure parts of a model that judges answers: what it is asked, what its words mean, and how its verdicts are put together and
 * held against those of people. Asking it is not done here.
 */
@NullMarked
package dev.weighbridge.scoring.judge;

import org.jspecify.annotations.NullMarked;
