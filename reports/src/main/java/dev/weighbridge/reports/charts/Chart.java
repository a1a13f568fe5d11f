package dev.weighbridge.reports.charts;

import dev.weighbridge.pages.Markup;

/**
 * A finished chart.
 *
 * @param id safe as a file name and as an identifier in a page
 * @param title for people
 * @param description what it shows, for those who cannot see it
 * @param markup the {@code svg} element
 */
public record Chart(String id, String title, String description, Markup markup) {
    /** The chart as a file of its own. */
    public String document() {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + markup;
    }
}
