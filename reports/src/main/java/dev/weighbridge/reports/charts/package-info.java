/**
 * Charts of a run as SVG: XChart draws the geometry, text is real text, and neutral colours follow the page around them.
 */
@NullMarked
package dev.weighbridge.reports.charts;

import org.jspecify.annotations.NullMarked;
