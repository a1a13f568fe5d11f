package dev.weighbridge.inference.checkpoint;

import dev.weighbridge.inference.model.Definition;
import java.nio.file.Path;
import java.util.Set;

/**
 * A checkpoint folder that has been read and validated.
 *
 * @param folder real path of the folder
 * @param name under which the model is shown, the folder's name
 * @param definition of the decoder
 * @param weights by their roles
 * @param endOfSequence ids that end an answer
 * @param sha256 over configuration, tokenizer and weights, hex; identifies the checkpoint in caches and records
 */
public record Checkpoint(
        Path folder, String name, Definition definition, Weights weights, Set<Integer> endOfSequence, String sha256) {
    public Checkpoint {
        endOfSequence = Set.copyOf(endOfSequence);
    }
}
