package dev.weighbridge.datasets.hub;

import dev.weighbridge.datasets.DataException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A part of a data set on the hub, written {@code hf://OWNER/NAME[@REVISION][/CONFIG[/SPLIT]]}, for example
 * {@code hf://openai/gsm8k@main/main/test}.
 *
 * @param id owner and name, as {@code openai/gsm8k}
 * @param revision branch, tag or commit; {@code main} where none is named. In the written form a slash within it is
 *     {@code %2F}.
 * @param config of the data set, also called subset; empty for its default one
 * @param split of the rows; {@code test} where none is named
 */
public record HubReference(String id, String revision, String config, String split) {
    /** What such a reference begins with. */
    public static final String SCHEME = "hf://";

    static final String MAIN = "main";
    private static final String TEST = "test";
    // By huggingface_hub's validate_repo_id: words, '-', '_', '.', and of each part no more than 96 characters.
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,95}");
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/+-]{0,199}");
    private static final Pattern NAME = Pattern.compile("[^/\\p{Cntrl}]{0,200}");

    public HubReference {
        String[] parts = id.split("/", -1);
        if (parts.length != 2 || !part(parts[0]) || !part(parts[1])) {
            throw new DataException(
                    "'" + id + "' is no data set of the hub. Write OWNER/NAME, as in openai/gsm8k; a data"
                            + " set that had no owner has one today.");
        }
        if (!REVISION.matcher(revision).matches() || revision.contains("..")) {
            throw new DataException(
                    "'" + revision + "' is no revision of " + id + ". Name a branch, a tag or a commit.");
        }
        if (!NAME.matcher(config).matches() || !NAME.matcher(split).matches()) {
            throw new DataException("config '" + config + "' or split '" + split + "' of " + id
                    + " has a slash, a control character or more than 200 characters");
        }
    }

    private static boolean part(String text) {
        return PART.matcher(text).matches() && !text.contains("..") && !text.contains("--");
    }

    /** Whether a text is meant as such a reference. */
    public static boolean isReference(String text) {
        return text.startsWith(SCHEME);
    }

    /**
     * Reads the written form.
     *
     * @throws DataException when it is not of that form
     */
    public static HubReference parse(String text) {
        if (!isReference(text)) {
            throw new DataException("'" + text + "' does not begin with " + SCHEME);
        }
        String[] parts = text.substring(SCHEME.length()).split("/", -1);
        if (parts.length < 2 || parts.length > 4) {
            throw new DataException(
                    "'" + text + "' is no reference to a data set. Write hf://OWNER/NAME[@REVISION][/CONFIG[/SPLIT]].");
        }
        int at = parts[1].indexOf('@');
        String name = at < 0 ? parts[1] : parts[1].substring(0, at);
        String revision = at < 0 ? MAIN : decoded(parts[1].substring(at + 1), text);
        String split = parts.length < 4 || parts[3].isEmpty() ? TEST : parts[3];
        return new HubReference(parts[0] + "/" + name, revision, parts.length < 3 ? "" : parts[2], split);
    }

    private static String decoded(String revision, String text) {
        try {
            return URLDecoder.decode(revision.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new DataException("the revision in '" + text + "' is broken: " + e.getMessage(), e);
        }
    }

    /** The same part of the data set at another revision. */
    HubReference at(String other) {
        return new HubReference(id, other, config, split);
    }

    @Override
    public String toString() {
        return SCHEME + id + "@" + revision.replace("/", "%2F") + "/" + config + "/" + split;
    }
}
