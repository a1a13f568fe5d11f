package dev.weighbridge.datasets.hub;

import dev.weighbridge.datasets.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Copies files of the hub into the cache, each from {@code /datasets/ID/resolve/COMMIT/FILE}.
 *
 * <p>A file comes into {@code FILE.part}. What is cut goes on where it stopped as long as the server has the same entity tag
 * (RFC 9110, {@code Range} with {@code If-Range}). Only a file of the listed size and hash gets its name, in one step: SHA-256
 * where it is in large file storage, else the SHA-1 of git's blob, which is that of {@code "blob SIZE\0"} and the contents
 * (Pro Git, chapter 10.2).
 */
final class HubDownload {
    private static final int BUFFER = 1 << 16;
    private static final long TOLD_EVERY = 1 << 20;
    private static final int LONGEST_TAG = 1000;

    private final HubSettings settings;
    private final HubRequests requests;
    private final HubCache cache;
    private final HubProgress progress;

    HubDownload(HubSettings settings, HubRequests requests, HubCache cache, HubProgress progress) {
        this.settings = settings;
        this.requests = requests;
        this.cache = cache;
        this.progress = progress;
    }

    /**
     * The copy of a file, which is fetched if it is not there.
     *
     * @throws DataException when it cannot be had, or is not what the hub lists
     */
    Path fetch(String id, String commit, HubFile file) {
        Path target = cache.file(id, commit, file);
        String what = HubPaths.shown(file.name()) + " of " + id;
        if (there(target, file)) {
            return target;
        }
        if (settings.offline()) {
            throw new DataException("offline, and the cache " + settings.cache() + " has not " + what + " at " + commit
                    + ". Read it once with a network and without HF_HUB_OFFLINE.");
        }
        if (file.size() > settings.mostBytes()) {
            throw new DataException(what + " has " + file.size() + " bytes, more than the limit of "
                    + settings.mostBytes() + ". Raise the limit if it is wanted.");
        }
        try {
            Files.createDirectories(HubCache.parent(target));
            cache.alone(id, commit, file, requests, () -> {
                if (!there(target, file)) {
                    fetch(address(id, commit, file), target, file, what);
                }
            });
        } catch (IOException e) {
            throw HubCache.problem(target, e);
        }
        return target;
    }

    private static boolean there(Path target, HubFile file) {
        try {
            // Its hash was held against the listing before it got its name.
            return Files.isRegularFile(target) && Files.size(target) == file.size();
        } catch (IOException e) {
            throw HubCache.problem(target, e);
        }
    }

    private URI address(String id, String commit, HubFile file) {
        StringBuilder path = new StringBuilder("/datasets/" + id + "/resolve/" + commit);
        for (String step : file.name().split("/", -1)) {
            path.append('/').append(HubRequests.escaped(step));
        }
        return requests.address(path.toString());
    }

    private void fetch(URI address, Path target, HubFile file, String what) throws IOException {
        Part part = new Part(
                target.resolveSibling(target.getFileName() + HubPaths.PART),
                target.resolveSibling(target.getFileName() + HubPaths.PART_TAG));
        boolean resumed = part.size() > 0;
        requests.retrying(what, () -> receive(address, part, file, what));
        String seen = hash(part.bytes, file);
        if (!seen.equals(wanted(file)) && resumed) {
            // What an earlier command left may be of another file.
            part.delete();
            requests.retrying(what, () -> receive(address, part, file, what));
            seen = hash(part.bytes, file);
        }
        if (!seen.equals(wanted(file))) {
            part.delete();
            throw new DataException(what + " came with the hash " + seen + ", and the hub lists it with " + wanted(file)
                    + ". It was damaged or exchanged on its way, and is not kept. Try again.");
        }
        HubCache.move(part.bytes, target);
        part.delete();
        progress.progress(file.name(), file.size(), file.size());
    }

    private static String wanted(HubFile file) {
        return file.sha256().orElse(file.blob());
    }

    /** What has come of a file, and the entity tag that it came with. */
    private record Part(Path bytes, Path tag) {
        long size() throws IOException {
            return Files.isRegularFile(bytes) ? Files.size(bytes) : 0;
        }

        /** The tag, if more of the same may be asked for by it: a weak one does not promise the same bytes. */
        Optional<String> strongTag() throws IOException {
            if (!Files.isRegularFile(tag) || Files.size(tag) > LONGEST_TAG) {
                return Optional.empty();
            }
            return Optional.of(Files.readString(tag)).filter(Part::isStrong);
        }

        static boolean isStrong(String text) {
            return text.length() <= LONGEST_TAG && text.matches("\"[\\x21\\x23-\\x7e]*\"");
        }

        void delete() throws IOException {
            Files.deleteIfExists(bytes);
            Files.deleteIfExists(tag);
        }
    }

    /** Asks once for what is missing of the file; returns when all of it has come. */
    private Part receive(URI address, Part part, HubFile file, String what) throws IOException {
        long have = part.size();
        Optional<String> tag = part.strongTag();
        if (have > file.size() || (have > 0 && have < file.size() && tag.isEmpty())) {
            part.delete();
            have = 0;
        }
        if (have == file.size() && Files.isRegularFile(part.bytes)) {
            return part;
        }
        Map<String, String> headers =
                have > 0 ? Map.of("Range", "bytes=" + have + "-", "If-Range", tag.orElseThrow()) : Map.of();
        try (HubRequests.Answer answer = requests.get(address, headers, what)) {
            if (answer.status() == 404) {
                throw requests.missing(what);
            }
            checkLinked(answer, file, what);
            boolean goesOn = answer.status() == 206;
            if (answer.status() == 416 || (goesOn && !fits(answer, have, tag, file))) {
                part.delete();
                throw new IOException("the server does not go on where it stopped");
            }
            if (!goesOn) {
                checkLength(answer, file, what);
                part.delete();
                have = 0;
                Files.writeString(
                        part.tag, answer.header("ETag").filter(Part::isStrong).orElse(""));
            }
            copy(answer.body(), part, have, file, what);
        }
        return part;
    }

    private static boolean fits(HubRequests.Answer answer, long have, Optional<String> tag, HubFile file) {
        String range = answer.header("Content-Range").orElse("").toLowerCase(Locale.ROOT);
        String end = have + "-" + (file.size() - 1) + "/";
        boolean same = answer.header("ETag").isEmpty() || answer.header("ETag").equals(tag);
        return have > 0 && same && (range.equals("bytes " + end + file.size()) || range.equals("bytes " + end + "*"));
    }

    /** Headers that the hub sends for files in large file storage, before it redirects to them. */
    private static void checkLinked(HubRequests.Answer answer, HubFile file, String what) {
        String size = answer.linked("X-Linked-Size").orElse(String.valueOf(file.size()));
        if (!size.equals(String.valueOf(file.size()))) {
            throw changed(what, file.size() + " bytes", HubPaths.shown(size));
        }
        String tag = answer.linked("X-Linked-Etag").orElse("").replace("W/", "").replace("\"", "");
        if (file.sha256().isPresent()
                && tag.matches("[0-9a-f]{64}")
                && !tag.equals(file.sha256().get())) {
            throw changed(what, "SHA-256 " + file.sha256().get(), tag);
        }
    }

    private static void checkLength(HubRequests.Answer answer, HubFile file, String what) {
        String length = answer.header("Content-Length").orElse(String.valueOf(file.size()));
        if (!length.equals(String.valueOf(file.size()))) {
            throw changed(what, file.size() + " bytes", HubPaths.shown(length));
        }
    }

    private static DataException changed(String what, String listed, String seen) {
        return new DataException(what + " is not what the hub lists: listed with " + listed + ", offered with " + seen
                + ". It is not taken.");
    }

    private void copy(InputStream in, Part part, long from, HubFile file, String what) throws IOException {
        long have = from;
        long told = have;
        progress.progress(file.name(), have, file.size());
        byte[] buffer = new byte[BUFFER];
        try (OutputStream out =
                Files.newOutputStream(part.bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                have += count;
                if (have > file.size()) {
                    throw changed(what, file.size() + " bytes", "more");
                }
                write(out, buffer, count, part.bytes);
                if (have - told >= TOLD_EVERY) {
                    told = have;
                    progress.progress(file.name(), have, file.size());
                }
            }
        }
        if (have < file.size()) {
            throw new IOException("cut after " + have + " of " + file.size() + " bytes");
        }
    }

    private static void write(OutputStream out, byte[] buffer, int count, Path file) {
        try {
            out.write(buffer, 0, count);
        } catch (IOException e) {
            // Asking the server again would not help.
            throw HubCache.problem(file, e);
        }
    }

    private static String hash(Path file, HubFile listed) throws IOException {
        MessageDigest digest = digest(listed.sha256().isPresent() ? "SHA-256" : "SHA-1");
        if (listed.sha256().isEmpty()) {
            digest.update(("blob " + listed.size() + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + name, e);
        }
    }
}
