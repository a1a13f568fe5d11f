package dev.weighbridge.inference.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** The tensors of a folder by the names under which they are stored. */
public final class StoredTensors {
    private StoredTensors() {}

    public static TensorSource of(Path folder) throws IOException {
        return new MappedTensors(folder, WeightFiles.read(folder).tensors());
    }
}
