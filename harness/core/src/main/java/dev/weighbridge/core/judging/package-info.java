/** A model asked to judge the kept answers of a run: what it is asked, its replies kept, and the figures of its verdicts. */
@NullMarked
package dev.weighbridge.core.judging;

import org.jspecify.annotations.NullMarked;
