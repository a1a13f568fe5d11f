package dev.weighbridge.site;

import dev.weighbridge.pages.Markup;

/** The frame of a page of the site: its style sheet and script are files beside it, and nothing else may be loaded. */
final class SitePage {
    static final String STYLE = "site.css";
    static final String SCRIPT = "site.js";

    private SitePage() {}

    /**
     * Puts a page together.
     *
     * @param title as plain text
     * @param root way to the site's own folder, for example {@code ./}
     * @param script whether the page has behaviour; without, no script may run in it
     * @param body content of the body element
     */
    static String of(String title, String root, boolean script, Markup body) {
        // A page from a disk has no origin that 'self' could stand for in every browser; file: lets its neighbours in
        // there
        // and nothing more when the site is hosted, because a page from the web may not load files.
        String policy = "default-src 'none'; style-src 'self' file:; script-src " + (script ? "'self' file:" : "'none'")
                + "; base-uri 'none'; form-action 'none'";
        Markup html = new Markup();
        html.open("html", "lang", "en").open("head");
        html.empty("meta", "charset", "utf-8");
        html.empty("meta", "http-equiv", "Content-Security-Policy", "content", policy);
        html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.empty("meta", "name", "referrer", "content", "no-referrer");
        html.empty("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", title);
        html.empty("link", "rel", "stylesheet", "href", root + STYLE);
        if (script) {
            html.open("script", "src", root + SCRIPT, "defer", "defer").close();
        }
        html.close().open("body").append(body).close().close();
        return "<!DOCTYPE html>\n" + html + "\n";
    }
}
