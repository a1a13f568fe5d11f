package dev.weighbridge.scoring.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The language of harness and warden. A request is a line of ten decimal numbers (wall ms, CPU s, memory,
 * file size, files, processes, output, bytes of source, of tests, of the launcher's class file or 0), then
 * launcher, source and tests. A warden that
 * has read launcher and source says {@code READY} on a line of its own. A report is a line (outcome, exit status or -1, wall ms, CPU ms or -1, bytes of standard output, of standard
 * error, of the reason), then these three.
 */
final class Report {
    private static final int MOST_HEADER_BYTES = 200;
    private static final int MOST_REASON_BYTES = 10_000;

    private Report() {}

    static void ask(OutputStream stream, byte[] launcher, Program program, SandboxLimits limits) throws IOException {
        byte[] source = program.source().getBytes(StandardCharsets.UTF_8);
        byte[] tests = program.tests().getBytes(StandardCharsets.UTF_8);
        String header = String.format(
                Locale.ROOT,
                "%d %d %d %d %d %d %d %d %d %d\n",
                limits.wall().toMillis(),
                limits.cpu().toSeconds(),
                limits.memoryBytes(),
                limits.fileBytes(),
                limits.files(),
                limits.processes(),
                limits.outputBytes(),
                source.length,
                tests.length,
                launcher.length);
        stream.write(header.getBytes(StandardCharsets.US_ASCII));
        stream.write(launcher);
        stream.write(source);
        stream.write(tests);
        stream.flush();
    }

    /**
     * Reads a report. One that breaks off or is none, after the warden was ready, is the program's doing: the
     * run counts as killed, so that no program spoils the runs of others.
     *
     * @param stream the warden's standard output
     * @param limits what bounds the report
     * @throws IOException when the warden never was ready
     */
    static CodeRun read(InputStream stream, SandboxLimits limits) throws IOException {
        String ready = header(stream);
        if (!ready.equals("READY")) {
            throw new IOException("A warden is announced by READY, not by '" + ready + "'");
        }
        long start = System.nanoTime();
        try {
            return body(stream, limits);
        } catch (IOException e) {
            double wallSeconds = (System.nanoTime() - start) / 1e9;
            String reason = "its warden ended without a report: " + e.getMessage();
            return new CodeRun(
                    Outcome.KILLED, reason, OptionalInt.empty(), "", "", wallSeconds, OptionalDouble.empty());
        }
    }

    private static CodeRun body(InputStream stream, SandboxLimits limits) throws IOException {
        String[] words = header(stream).split(" ", -1);
        if (words.length != 7) {
            throw new IOException("A report's first line has seven words, not " + words.length);
        }
        try {
            Outcome outcome = Outcome.valueOf(words[0]);
            int exit = Integer.parseInt(words[1]);
            double wallSeconds = Long.parseLong(words[2]) / 1e3;
            long cpuMillis = Long.parseLong(words[3]);
            String stdout = text(stream, Integer.parseInt(words[4]), limits.outputBytes());
            String stderr = text(stream, Integer.parseInt(words[5]), limits.outputBytes());
            String reason = text(stream, Integer.parseInt(words[6]), MOST_REASON_BYTES);
            return new CodeRun(
                    outcome,
                    reason,
                    exit < 0 ? OptionalInt.empty() : OptionalInt.of(exit),
                    stdout,
                    stderr,
                    wallSeconds,
                    cpuMillis < 0 ? OptionalDouble.empty() : OptionalDouble.of(cpuMillis / 1e3));
        } catch (IllegalArgumentException e) {
            throw new IOException("The first line of a report cannot be read: " + String.join(" ", words), e);
        }
    }

    private static String header(InputStream stream) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = stream.read(); next != '\n'; next = stream.read()) {
            if (next < 0 || line.size() > MOST_HEADER_BYTES) {
                throw new IOException(
                        "A report broke off in its first line: '" + line.toString(StandardCharsets.UTF_8) + "'");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static String text(InputStream stream, int bytes, int most) throws IOException {
        if (bytes < 0 || bytes > most) {
            throw new IOException("A report holds a text of " + bytes + " bytes, of at most " + most);
        }
        byte[] read = stream.readNBytes(bytes);
        if (read.length < bytes) {
            throw new IOException("A report broke off after " + read.length + " of " + bytes + " bytes");
        }
        return StandardCharsets.UTF_8.decode(ByteBuffer.wrap(read)).toString();
    }
}
