package dev.weighbridge.encoder;

import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/** Whoever runs text encoders on the class path. */
public final class Encoders {
    private Encoders() {}

    /**
     * Opens a model with labels.
     *
     * @throws EncoderException as {@link EncoderProvider#classifier}, and when nobody runs models here
     */
    public static TextClassifier classifier(Path folder) {
        return provider().classifier(folder);
    }

    /**
     * Opens a model of sentences.
     *
     * @throws EncoderException as {@link EncoderProvider#sentences}, and when nobody runs models here
     */
    public static SentenceEncoder sentences(Path folder) {
        return provider().sentences(folder);
    }

    private static EncoderProvider provider() {
        List<ServiceLoader.Provider<EncoderProvider>> found =
                ServiceLoader.load(EncoderProvider.class, Encoders.class.getClassLoader()).stream()
                        .toList();
        if (found.size() != 1) {
            throw new EncoderException(
                    found.isEmpty()
                            ? "no engine on the class path runs text encoders. Add weighbridge-engine-onnxruntime"
                            : found.size()
                                    + " engines on the class path run text encoders. Remove all jars but one of: "
                                    + found.stream()
                                            .map(provider -> provider.type().getName())
                                            .toList());
        }
        return found.get(0).get();
    }
}
