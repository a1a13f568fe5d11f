/** The report of a run, from its files alone: HTML, Markdown, CSV, JSON, charts, and a table for the terminal. */
@NullMarked
package dev.weighbridge.reports;

import org.jspecify.annotations.NullMarked;
