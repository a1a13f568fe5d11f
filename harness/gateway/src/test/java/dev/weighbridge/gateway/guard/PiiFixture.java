package dev.weighbridge.gateway.guard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A line of {@code pii.csv}: a text, and where data of a kind stands in it. */
record PiiFixture(PiiKind kind, String text, List<Finding> expected) {
    static List<PiiFixture> all() {
        try (InputStream stream = PiiFixture.class.getResourceAsStream("pii.csv")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(PiiFixture::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean positive() {
        return !expected.isEmpty();
    }

    private static PiiFixture parse(String line) {
        String[] fields = line.replace("¦", "").split(",", 3);
        PiiKind kind = PiiKind.of(fields[0]);
        StringBuilder text = new StringBuilder();
        List<Finding> expected = new ArrayList<>();
        int start = -1;
        for (char c : fields[2].toCharArray()) {
            if (c == '«') {
                start = text.length();
            } else if (c == '»') {
                expected.add(new Finding(kind.id(), start, text.length()));
            } else {
                text.append(c);
            }
        }
        if (fields[1].equals("positive") == expected.isEmpty()) {
            throw new IllegalArgumentException("a positive line has marks and a negative one has none: " + line);
        }
        return new PiiFixture(kind, text.toString(), expected);
    }
}
