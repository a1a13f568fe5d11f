/**
 * Charts of a run as static SVG: XChart draws them, axes and letters included, and neutral colours follow the page around them.
 */
@NullMarked
package dev.weighbridge.reports.charts;

import org.jspecify.annotations.NullMarked;
