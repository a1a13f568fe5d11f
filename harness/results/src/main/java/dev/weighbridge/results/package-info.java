/**
 * What a run leaves behind: records, their JSON, and the run directory.
 *
 * <p>Everything that is told about a run later (report, decision, leaderboard) is a pure function of these files.
 */
@NullMarked
package dev.weighbridge.results;

import org.jspecify.annotations.NullMarked;
