package dev.weighbridge.scoring.factuality;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weighbridge.scoring.ScoringException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Evidence read from files, held for this process by path and content, so that several tasks share one index. */
public final class EvidenceFiles {
    private static final int MOST_HELD = 4;
    private static final int MOST_FILES = 100_000;
    private static final int DEEPEST = 16;
    private static final JsonMapper JSON = new JsonMapper();

    private static final Map<String, Evidence> HELD = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Evidence> eldest) {
            return size() > MOST_HELD;
        }
    });

    private EvidenceFiles() {}

    /**
     * Evidence of a folder of {@code .txt} and {@code .md} files (links are not followed), of one such file, or of a
     * {@code .jsonl} file of documents.
     *
     * @param field of a JSONL document that holds its text
     * @throws ScoringException when it cannot be read, is too large, or a line is no document
     */
    public static Evidence read(Path path, String field) {
        try {
            List<byte[]> contents = contents(path);
            String key = path.toAbsolutePath().normalize() + " " + field + " " + hash(contents);
            Evidence held = HELD.get(key);
            if (held == null) {
                held = Evidence.of(documents(path, contents, field));
                HELD.put(key, held);
            }
            return held;
        } catch (IOException e) {
            throw new ScoringException("evidence " + path + " cannot be read: " + e, e);
        }
    }

    private static List<byte[]> contents(Path path) throws IOException {
        List<Path> files;
        if (Files.isDirectory(path)) {
            try (Stream<Path> found = Files.walk(path, DEEPEST)) {
                files = found.filter(file -> file.toString().endsWith(".txt")
                                || file.toString().endsWith(".md"))
                        .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                        .limit(MOST_FILES + 1L)
                        .sorted()
                        .toList();
            }
        } else {
            files = List.of(path);
        }
        if (files.isEmpty() || files.size() > MOST_FILES) {
            throw new ScoringException("evidence " + path + " must have from 1 to " + MOST_FILES
                    + " files that end in .txt or .md, got: " + (files.isEmpty() ? "none" : "more"));
        }
        List<byte[]> contents = new ArrayList<>();
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
            if (bytes > Evidence.MOST_CHARACTERS) {
                throw new ScoringException("evidence " + path + " has more than " + Evidence.MOST_CHARACTERS
                        + " bytes, more than are held in memory. Take fewer documents.");
            }
            contents.add(Files.readAllBytes(file));
        }
        return contents;
    }

    private static String hash(List<byte[]> contents) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] content : contents) {
                digest.update(Integer.toString(content.length).getBytes(StandardCharsets.US_ASCII));
                digest.update(content);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static List<String> documents(Path path, List<byte[]> contents, String field) {
        List<String> texts = contents.stream()
                .map(content -> new String(content, StandardCharsets.UTF_8))
                .toList();
        if (!path.toString().endsWith(".jsonl")) {
            return texts;
        }
        List<String> documents = new ArrayList<>();
        int number = 0;
        for (String line : texts.get(0).lines().toList()) {
            number++;
            if (!line.isBlank()) {
                documents.add(document(path, line, number, field));
            }
        }
        return documents;
    }

    private static String document(Path path, String line, int number, String field) {
        JsonNode text;
        try {
            text = JSON.readTree(line).path(field);
        } catch (JsonProcessingException e) {
            throw new ScoringException(
                    "evidence " + path + ", line " + number + " is no JSON: " + e.getOriginalMessage(), e);
        }
        if (!text.isTextual()) {
            throw new ScoringException("evidence " + path + ", line " + number + " has no text in field '" + field
                    + "'. Name the field that holds it by option field.");
        }
        return text.asText();
    }
}
