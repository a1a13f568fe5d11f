package dev.weighbridge.encoder;

/**
 * Which model it is.
 *
 * @param name of its folder
 * @param sha256 of the file with its graph, hex; weights in files beside the graph are not part of it
 * @param longest tokens of a text that it reads at once, its own special ones among them
 */
public record EncoderIdentity(String name, String sha256, int longest) {
    /** For example {@code all-minilm-l6-v2 (sha256 0d4a…, 512 tokens)}. */
    @Override
    public String toString() {
        return name + " (sha256 " + sha256 + ", " + longest + " tokens)";
    }
}
