package dev.weighbridge.results;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Puts responses that came in any order in that of their samples; only their places in the file are held in memory. */
final class ResponseOrder {
    private ResponseOrder() {}

    /**
     * Where a response stands.
     *
     * @param begin of its line in bytes
     * @param length of its line in bytes, with its end
     */
    private record Place(int docId, long begin, int length) {}

    /** Rewrites the file as a whole, byte by byte the same lines; one that is in order, or not there, is left alone. */
    static void restore(Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        List<Place> places = places(file);
        boolean ordered = true;
        for (int i = 1; i < places.size(); i++) {
            ordered &= places.get(i - 1).docId() <= places.get(i).docId();
        }
        if (ordered) {
            return;
        }
        places.sort(Comparator.comparingInt(Place::docId));
        Path temporary = file.resolveSibling("." + file.getFileName() + ".partial");
        try (RandomAccessFile from = new RandomAccessFile(file.toFile(), "r");
                OutputStream to = new BufferedOutputStream(Files.newOutputStream(temporary))) {
            for (Place place : places) {
                byte[] line = new byte[place.length()];
                from.seek(place.begin());
                from.readFully(line);
                to.write(line);
            }
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.syncParent(file);
    }

    private static List<Place> places(Path file) throws IOException {
        List<Place> places = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            long begin = 0;
            for (int next = in.read(); next >= 0; next = in.read()) {
                line.write(next);
                if (next == '\n') {
                    ResponseRecord response =
                            Json.read(line.toString(StandardCharsets.UTF_8), ResponseRecord.class, file.toString());
                    places.add(new Place(response.docId(), begin, line.size()));
                    begin += line.size();
                    line.reset();
                }
            }
        }
        return places;
    }
}
