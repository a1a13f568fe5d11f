package dev.weighbridge.engines.pytorch;

import dev.weighbridge.inference.backend.EncoderDecoderSession;
import dev.weighbridge.inference.checkpoint.Weights;

/** A {@link PyTorchDecoderSession} of a script that has an encoder. */
final class PyTorchEncoderDecoderSession extends PyTorchDecoderSession implements EncoderDecoderSession {
    PyTorchEncoderDecoderSession(
            DecoderModule module,
            DecoderScript script,
            Weights weights,
            int vocabularySize,
            int slots,
            int contextLength) {
        super(module, script, weights, vocabularySize, slots, contextLength);
    }

    @Override
    public void encode(int slot, int[] tokens) {
        readPrompt(slot, tokens);
    }
}
