package dev.weighbridge.datasets.hub;

/** What is told while files come. Called on the thread that asked for them. */
@FunctionalInterface
public interface HubProgress {
    /** Tells nobody. */
    HubProgress NONE = (name, bytes, size) -> {};

    /**
     * Some of a file has come.
     *
     * @param name of the file in its data set, as the server gives it
     * @param bytes that are here now
     * @param size of the whole file in bytes
     */
    void progress(String name, long bytes, long size);
}
