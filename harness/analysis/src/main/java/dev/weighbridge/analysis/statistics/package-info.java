/** The statistics that every judgement shares; nothing here knows what its numbers mean. */
@NullMarked
package dev.weighbridge.analysis.statistics;

import org.jspecify.annotations.NullMarked;
