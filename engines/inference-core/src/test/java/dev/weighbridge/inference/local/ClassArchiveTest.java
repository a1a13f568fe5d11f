package dev.weighbridge.inference.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {
    @TempDir
    Path cache;

    @TempDir
    Path libraries;

    private Path jar;

    @BeforeEach
    void createJar() throws IOException {
        jar = Files.writeString(libraries.resolve("a.jar"), "one");
    }

    @Test
    void archiveThatWasWrittenIsUsedNextTime() throws IOException {
        ClassArchive first = ClassArchive.in(cache, jar.toString(), "engine");
        assertThat(first.writing()).isTrue();
        Files.writeString(target(first), "archive");
        first.settle(true);
        ClassArchive second = ClassArchive.in(cache, jar.toString(), "engine");
        assertThat(second.writing()).isFalse();
        assertThat(second.flags()).anyMatch(flag -> flag.startsWith("-XX:SharedArchiveFile="));
    }

    @Test
    void archiveOfAChangedJarIsNotFound() throws IOException {
        ClassArchive first = ClassArchive.in(cache, jar.toString(), "engine");
        Files.writeString(target(first), "archive");
        first.settle(true);
        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000_000));
        assertThat(ClassArchive.in(cache, jar.toString(), "engine").writing()).isTrue();
    }

    @Test
    void archiveOfAProcessThatDiedIsRemoved() throws IOException {
        ClassArchive archive = ClassArchive.in(cache, jar.toString(), "engine");
        Files.writeString(target(archive), "half");
        archive.settle(false);
        try (Stream<Path> left = Files.list(cache.resolve("class-archives"))) {
            assertThat(left).isEmpty();
        }
        assertThat(ClassArchive.in(cache, jar.toString(), "engine").writing()).isTrue();
    }

    @Test
    void noneIsWrittenWithFoldersOnTheClassPath() {
        ClassArchive archive = ClassArchive.in(cache, jar + File.pathSeparator + libraries, "engine");
        assertThat(archive.writing()).isFalse();
        assertThat(archive.flags()).isEmpty();
    }

    /** Such a runtime ends at once when it is asked to: seen with one that jlink had made. */
    @Test
    void noneIsWrittenByARuntimeWithoutAnArchiveOfItsOwn() throws IOException {
        Path runtime = Files.createDirectories(libraries.resolve("runtime/lib/server"));
        Path home = libraries.resolve("runtime");
        assertThat(ClassArchive.in(cache, jar.toString(), "engine", home).flags())
                .isEmpty();
        Files.writeString(runtime.resolve("classes.jsa"), "archive");
        assertThat(ClassArchive.in(cache, jar.toString(), "engine", home).writing())
                .isTrue();
    }

    private static Path target(ClassArchive archive) {
        return Path.of(archive.flags().get(0).substring("-XX:ArchiveClassesAtExit=".length()));
    }
}
