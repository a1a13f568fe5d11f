package dev.weighbridge.engines.onnxruntime.encoder;

import dev.weighbridge.encoder.EncoderException;
import dev.weighbridge.encoder.EncoderProvider;
import dev.weighbridge.encoder.SentenceEncoder;
import dev.weighbridge.encoder.TextClassifier;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens text encoders with ONNX Runtime on the CPU; whoever asks for one that is open already, and unchanged, shares it. */
public final class OnnxEncoderProvider implements EncoderProvider {
    private static final List<String> TOKENIZER = List.of("tokenizer.json", "vocab.txt", "tokenizer_config.json");
    private static final Map<String, WeakReference<EncoderModel>> OPEN = new HashMap<>();

    @Override
    public TextClassifier classifier(Path folder) {
        return new OnnxTextClassifier(model(folder));
    }

    @Override
    public SentenceEncoder sentences(Path folder) {
        return new OnnxSentenceEncoder(model(folder));
    }

    private static EncoderModel model(Path path) {
        EncoderFolder folder = EncoderFolder.read(path);
        StringBuilder key = new StringBuilder(folder.toString());
        ModelFile graph;
        try {
            graph = ModelFile.read(folder.graph());
            key.append(graph.sha256());
            for (String name : TOKENIZER) {
                Path file = folder.path().resolve(name);
                key.append(Files.exists(file) ? ModelFile.read(file).sha256() : " ");
            }
        } catch (IOException e) {
            throw new EncoderException("a file of " + folder.path() + " cannot be read: " + e, e);
        }
        synchronized (OPEN) {
            OPEN.values().removeIf(held -> held.get() == null);
            WeakReference<EncoderModel> held = OPEN.get(key.toString());
            @Nullable EncoderModel open = held == null ? null : held.get();
            if (open == null) {
                open = EncoderModel.open(folder, graph);
                OPEN.put(key.toString(), new WeakReference<>(open));
            }
            return open;
        }
    }
}
