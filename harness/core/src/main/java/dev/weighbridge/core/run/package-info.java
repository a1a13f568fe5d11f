/** The life cycle of a study: plan, trials, resume. */
@NullMarked
package dev.weighbridge.core.run;

import org.jspecify.annotations.NullMarked;
