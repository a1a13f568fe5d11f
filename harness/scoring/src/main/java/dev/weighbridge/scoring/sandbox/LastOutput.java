package dev.weighbridge.scoring.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads all that a process writes, so that it never waits for its reader, and keeps the end of it. */
final class LastOutput extends Thread {
    private final InputStream stream;
    private final byte[] kept;
    private long total;

    LastOutput(InputStream stream, int most) {
        super("sandbox-output");
        setDaemon(true);
        this.stream = stream;
        this.kept = new byte[most];
    }

    @Override
    public void run() {
        byte[] buffer = new byte[8192];
        try {
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                keep(buffer, read);
            }
        } catch (IOException e) {
            // The process was killed; what it had written is kept.
        }
    }

    private synchronized void keep(byte[] buffer, int read) {
        for (int i = 0; i < read; i++) {
            kept[(int) (total++ % kept.length)] = buffer[i];
        }
    }

    /** The end of the output, once the process has ended. */
    String text() throws InterruptedException {
        join(5000);
        synchronized (this) {
            int length = (int) Math.min(total, kept.length);
            byte[] end = new byte[length];
            for (int i = 0; i < length; i++) {
                end[i] = kept[(int) ((total - length + i) % kept.length)];
            }
            return new String(end, StandardCharsets.UTF_8);
        }
    }
}
