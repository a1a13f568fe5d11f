package dev.weighbridge.datasets.hub;

import dev.weighbridge.datasets.DataException;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of a data set of the hub that hold the rows of one config and split, at one commit.
 *
 * <p>Its branch or tag is looked up each time it is opened, with a network; what a commit holds is fetched once.
 */
public final class HubDataset {
    private final HubReference reference;
    private final String commit;
    private final List<HubFile> files;
    private final HubDownload download;

    private HubDataset(HubReference reference, String commit, List<HubFile> files, HubDownload download) {
        this.reference = reference;
        this.commit = commit;
        this.files = List.copyOf(files);
        this.download = download;
    }

    /**
     * Looks up a data set.
     *
     * @param pause between tries, {@link Pause#SLEEP} but for tests
     * @param progress is told while files come
     * @throws DataException when the hub has not the data set, config or split, does not let the user in, or cannot be reached;
     *     offline, when the cache has not seen it
     */
    public static HubDataset open(HubReference reference, HubSettings settings, Pause pause, HubProgress progress) {
        HubRequests requests = new HubRequests(settings, pause);
        HubCache cache = new HubCache(settings.cache());
        HubDownload download = new HubDownload(settings, requests, cache, progress);
        HubChoice choice = new HubChoice(new HubCatalog(settings, requests, cache), download);
        HubChoice.Chosen chosen = choice.choose(reference);
        return new HubDataset(chosen.reference(), chosen.commit(), chosen.files(), download);
    }

    /**
     * Fetches the files of a written reference, with the settings of the environment and real pauses.
     *
     * @param text as {@link HubReference#parse} reads it
     * @param cache folder of the copies
     * @return copies of the files, in the order of their rows
     * @throws DataException when {@link #open} or {@link #fetch} fails
     */
    public static List<Path> files(String text, Path cache) {
        HubSettings settings = HubSettings.of(System.getenv(), cache);
        return open(HubReference.parse(text), settings, Pause.SLEEP, HubProgress.NONE)
                .fetch();
    }

    /** What was asked for; its revision is {@code refs/convert/parquet} where the hub's copy in Parquet is used. */
    public HubReference reference() {
        return reference;
    }

    /** The commit, 40 hex digits, which names the rows for good. */
    public String commit() {
        return commit;
    }

    /** The files, in the order of their names. */
    public List<HubFile> files() {
        return files;
    }

    /**
     * Fetches what is not in the cache yet.
     *
     * @return copies of {@link #files}, in their order
     * @throws DataException when a file cannot be had, is too large, or is not what the hub lists
     */
    public List<Path> fetch() {
        return files.stream()
                .map(file -> download.fetch(reference.id(), commit, file))
                .toList();
    }
}
