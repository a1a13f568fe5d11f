/**
 * How figures and untrusted text become readable: what the report, the console and the leaderboard have in common.
 *
 * <p>Everything in a run directory may have been written by somebody else. Text from it reaches a page, a table or a
 * terminal only through {@link dev.weighbridge.analysis.text.SafeText} or {@link dev.weighbridge.pages.Markup}.
 */
@NullMarked
package dev.weighbridge.pages;

import org.jspecify.annotations.NullMarked;
