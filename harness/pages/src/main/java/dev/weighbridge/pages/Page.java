package dev.weighbridge.pages;

/** A page that needs nothing but itself: style and script are inside, nothing is fetched, nothing else may run. */
public final class Page {
    /** The look that all pages share. */
    public static final PageResource STYLE = PageResource.read(Page.class, "page.css");

    /** Sorting of tables by their headings. */
    public static final PageResource TABLES = PageResource.read(Page.class, "tables.js");

    private Page() {}

    /**
     * Puts a page together. Its content security policy lets this style and this script in, by their hashes, and nothing
     * else; it holds wherever the page is opened from, a file included.
     *
     * @param title as plain text
     * @param body content of the body element
     */
    public static String of(String title, Markup body, PageResource style, PageResource script) {
        Markup html = new Markup();
        html.open("html", "lang", "en").open("head");
        html.empty("meta", "charset", "utf-8");
        html.empty(
                "meta",
                "http-equiv",
                "Content-Security-Policy",
                "content",
                "default-src 'none'; style-src '" + style.hash() + "'; script-src '" + script.hash()
                        + "'; base-uri 'none'; form-action 'none'");
        html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.empty("meta", "name", "referrer", "content", "no-referrer");
        html.empty("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", title);
        html.verbatim("style", style.text());
        html.close().open("body").append(body);
        html.verbatim("script", script.text());
        html.close().close();
        return "<!DOCTYPE html>\n" + html + "\n";
    }
}
