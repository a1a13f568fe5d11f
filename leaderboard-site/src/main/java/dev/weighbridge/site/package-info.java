/**
 * Run directories as a static leaderboard that anyone can host or open from a disk.
 *
 * <p>Everything in a run directory may have been written by somebody else; it reaches a page only escaped and bounded.
 */
@NullMarked
package dev.weighbridge.site;

import org.jspecify.annotations.NullMarked;
