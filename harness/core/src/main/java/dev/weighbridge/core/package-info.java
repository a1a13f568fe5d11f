/** Study, plan, trials, evaluation and decision. */
@NullMarked
package dev.weighbridge.core;

import org.jspecify.annotations.NullMarked;
