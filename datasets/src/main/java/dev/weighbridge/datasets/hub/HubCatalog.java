package dev.weighbridge.datasets.hub;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.datasets.DataException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the hub has: the commit behind a revision, and the files of a commit. Both are kept in the cache, for when there is no
 * network.
 *
 * <p>The interface is that of the hub's public documentation ("Hub API Endpoints") and of its OpenAPI description: {@code GET
 * /api/datasets/ID/revision/REVISION} tells {@code sha}; {@code GET /api/datasets/ID/tree/SHA?recursive=true} tells of each
 * entry {@code type, path, size, oid} and, in large file storage, {@code lfs.oid}; further pages are in the header {@code Link}.
 */
final class HubCatalog {
    private static final int LARGEST_PAGE = 32 << 20;
    private static final int MOST_PAGES = 1000;
    private static final int MOST_FILES = 200_000;
    private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern NEXT = Pattern.compile("<([^<>]{1,4000})>\\s{0,9};\\s{0,9}rel=\"?next\"?");
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(30)
                            .maxStringLength(1 << 20)
                            .build())
                    .build())
            .build();

    private final HubSettings settings;
    private final HubRequests requests;
    private final HubCache cache;

    HubCatalog(HubSettings settings, HubRequests requests, HubCache cache) {
        this.settings = settings;
        this.requests = requests;
        this.cache = cache;
    }

    /**
     * The commit that a revision is now.
     *
     * @throws DataException when the hub has not that data set or revision, or {@link #find} fails
     */
    String commit(HubReference reference) {
        return find(reference).orElseThrow(() -> requests.missing(what(reference)));
    }

    private static String what(HubReference reference) {
        return "data set " + reference.id() + " at " + reference.revision();
    }

    /**
     * The commit that a revision is now; empty when the hub has not that data set or revision.
     *
     * @throws DataException when the hub cannot be asked, or the cache does not know
     */
    Optional<String> find(HubReference reference) {
        if (SHA1.matcher(reference.revision()).matches()) {
            return Optional.of(reference.revision());
        }
        Path kept = cache.revision(reference);
        String what = what(reference);
        if (settings.offline()) {
            String commit = cache.read(kept).map(String::strip).orElse("");
            if (!SHA1.matcher(commit).matches()) {
                throw new DataException("offline, and the cache " + settings.cache() + " does not know " + what
                        + ". Read it once with a network and without HF_HUB_OFFLINE.");
            }
            return Optional.of(commit);
        }
        String path = "/api/datasets/" + reference.id() + "/revision/" + HubRequests.escaped(reference.revision());
        JsonNode answer = requests.retrying(what, () -> json(requests.address(path), what).body);
        if (answer.isMissingNode()) {
            return Optional.empty();
        }
        String commit = answer.path("sha").asText();
        if (!SHA1.matcher(commit).matches()) {
            throw new DataException(what + ": the hub names no commit but '" + HubPaths.shown(commit) + "'");
        }
        cache.write(kept, commit);
        return Optional.of(commit);
    }

    /**
     * The files of a commit, in the order of their names.
     *
     * @throws DataException when the hub cannot be asked, or the cache does not know
     */
    List<HubFile> files(String id, String commit) {
        Path kept = cache.listing(id, commit);
        String what = "the list of files of " + id + " at " + commit;
        Optional<String> known = cache.read(kept);
        ArrayNode entries = known.isPresent() ? array(known.get(), kept) : null;
        if (entries == null) {
            if (settings.offline()) {
                throw new DataException("offline, and the cache " + settings.cache() + " has not " + what
                        + ". Read it once with a network and without HF_HUB_OFFLINE.");
            }
            entries = ask(id, commit, what);
            cache.write(kept, entries.toString());
        }
        List<HubFile> files = new ArrayList<>();
        for (JsonNode entry : entries) {
            files.add(file(entry, what));
        }
        files.sort(Comparator.comparing(HubFile::name));
        return files;
    }

    private static @Nullable ArrayNode array(String text, Path kept) {
        try {
            // A broken copy is asked for again.
            return JSON.readTree(text) instanceof ArrayNode array ? array : null;
        } catch (JsonProcessingException e) {
            throw new DataException(kept + " of the cache is broken. Delete it.", e);
        }
    }

    private record Page(JsonNode body, Optional<String> link) {}

    private ArrayNode ask(String id, String commit, String what) {
        ArrayNode files = JSON.createArrayNode();
        URI address = requests.address("/api/datasets/" + id + "/tree/" + commit + "?recursive=true");
        for (int pages = 0; pages < MOST_PAGES; pages++) {
            URI asked = address;
            Page page = requests.retrying(what, () -> json(asked, what));
            if (page.body.isMissingNode()) {
                throw requests.missing(what);
            }
            if (!page.body.isArray()) {
                throw new DataException(what + " is no list but " + page.body.getNodeType());
            }
            for (JsonNode entry : page.body) {
                if (entry.path("type").asText().equals("file")) {
                    files.add(slim(entry));
                }
            }
            if (files.size() > MOST_FILES) {
                throw new DataException(
                        what + " has more than " + MOST_FILES + " entries, which are more than are read");
            }
            Matcher next = NEXT.matcher(page.link.orElse(""));
            if (!next.find()) {
                return files;
            }
            address = next(asked, next.group(1), what);
        }
        throw new DataException(what + " has more than " + MOST_PAGES + " pages, which are more than are read");
    }

    private URI next(URI from, String link, String what) {
        URI next;
        try {
            next = from.resolve(link);
        } catch (IllegalArgumentException e) {
            throw new DataException(what + " goes on at what is no address", e);
        }
        if (!requests.own(next)) {
            throw new DataException(
                    what + " goes on at another host, " + HubPaths.shown(String.valueOf(next.getHost())));
        }
        return next;
    }

    private static ObjectNode slim(JsonNode entry) {
        ObjectNode slim = JSON.createObjectNode();
        for (String name : List.of("path", "size", "oid")) {
            slim.set(name, entry.path(name));
        }
        if (entry.path("lfs").isObject()) {
            slim.putObject("lfs").set("oid", entry.path("lfs").path("oid"));
        }
        return slim;
    }

    private static HubFile file(JsonNode entry, String what) {
        String name = entry.path("path").asText();
        String blob = entry.path("oid").asText();
        boolean large = entry.has("lfs");
        String sha256 = entry.path("lfs").path("oid").asText();
        JsonNode size = entry.path("size");
        if (name.isEmpty() || !SHA1.matcher(blob).matches() || !size.canConvertToLong() || size.asLong() < 0) {
            throw new DataException(
                    what + " has an entry without path, size or hash: " + HubPaths.shown(entry.toString()));
        }
        if (large && !SHA256.matcher(sha256).matches()) {
            throw new DataException(
                    what + " gives '" + HubPaths.shown(sha256) + "' as the SHA-256 of " + HubPaths.shown(name));
        }
        return new HubFile(name, size.asLong(), blob, large ? Optional.of(sha256) : Optional.empty());
    }

    private Page json(URI address, String what) throws IOException {
        try (HubRequests.Answer answer = requests.get(address, Map.of("Accept", "application/json"), what)) {
            if (answer.status() == 404) {
                return new Page(MissingNode.getInstance(), Optional.empty());
            }
            byte[] bytes = HubRequests.all(answer, LARGEST_PAGE, what);
            JsonNode body = JSON.readTree(new String(bytes, StandardCharsets.UTF_8));
            return new Page(body, answer.header("Link"));
        } catch (JsonProcessingException e) {
            throw new DataException(what + ": the hub's answer is no JSON: " + e.getOriginalMessage(), e);
        }
    }
}
