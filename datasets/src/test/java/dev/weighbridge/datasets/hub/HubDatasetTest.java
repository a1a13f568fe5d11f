package dev.weighbridge.datasets.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.HttpProxy;
import dev.weighbridge.api.ProxySettings;
import dev.weighbridge.datasets.DataException;
import dev.weighbridge.testkit.RecordingProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubDatasetTest {
    private static final String TOKEN = "hf_secretSecretSecret";
    private static final String ROWS = "{\"q\":1}\n".repeat(20_000);

    @TempDir
    private Path folder;

    private HubServer server;
    private final List<Duration> pauses = new ArrayList<>();
    private final List<Long> progress = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = new HubServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HubSettings settings() {
        return new HubSettings(server.address(), folder.resolve("cache"), Optional.of(TOKEN), false, 10 << 20);
    }

    private HubDataset open(String reference, HubSettings settings) {
        return HubDataset.open(
                HubReference.parse(reference), settings, pauses::add, (name, bytes, size) -> progress.add(bytes));
    }

    private List<Path> fetch(String reference) {
        return open(reference, settings()).fetch();
    }

    private Path copy(String name) {
        return folder.resolve("cache/datasets/owner--name/" + HubServer.COMMIT).resolve(name);
    }

    private void refused(String reference, String... parts) {
        assertThatThrownBy(() -> fetch(reference))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining(TOKEN);
    }

    @Test
    void theCardTellsWhichFilesAreOfAConfigAndSplit() throws IOException {
        String card = """
                ---
                license: mit
                configs:
                - config_name: main
                  data_files:
                  - split: train
                    path: main/train-*
                  - split: test
                    path: [main/test-*]
                - config_name: socratic
                  data_files: socratic/**
                ---
                # Card
                """;
        server.file("README.md", card).large = false;
        server.file("main/train-0.jsonl", "train");
        server.file("main/test-1.jsonl", "second");
        server.file("main/test-0.jsonl", "first");
        server.file("socratic/a/b.jsonl", "deep");
        List<Path> files = fetch("hf://owner/name/main/test");
        assertThat(files).containsExactly(copy("main/test-0.jsonl"), copy("main/test-1.jsonl"));
        assertThat(files).extracting(Files::readString).containsExactly("first", "second");
        assertThat(fetch("hf://owner/name/socratic/train")).containsExactly(copy("socratic/a/b.jsonl"));
        assertThat(server.asked("train-0")).isEmpty();
        refused("hf://owner/name/main/dev", "no split 'dev'", "test, train");
        refused("hf://owner/name/other/test", "no config 'other'", "main, socratic");
        refused("hf://owner/name", "Name one of [main, socratic]");
    }

    @Test
    void withoutACardTheNamesTell() {
        server.file("data/train-00000-of-00001.parquet", "t");
        server.file("data/validation-00001-of-00002.parquet", "v1");
        server.file("data/validation-00000-of-00002.parquet", "v0");
        server.file("dataset_infos.json", "{}");
        HubDataset dataset = open("hf://owner/name/default/dev", settings());
        assertThat(dataset.commit()).isEqualTo(HubServer.COMMIT);
        assertThat(dataset.files())
                .extracting(HubFile::name)
                .containsExactly("data/validation-00000-of-00002.parquet", "data/validation-00001-of-00002.parquet");
    }

    @Test
    void whereThereIsOnlyAScriptTheCopyInParquetIsTaken() {
        server.file("name.py", "import datasets");
        server.converted.put("easy/test/0001.parquet", new HubServer.Stored("1"));
        server.converted.put("easy/test/0000.parquet", new HubServer.Stored("0"));
        server.converted.put("easy/partial-train/0000.parquet", new HubServer.Stored("p"));
        server.converted.put("hard/name-test-00000-of-00001.parquet", new HubServer.Stored("h"));
        server.converted.put("odd-one-test/0000.parquet", new HubServer.Stored("o"));
        HubDataset easy = open("hf://owner/name/easy/test", settings());
        assertThat(easy.reference().revision()).isEqualTo("refs/convert/parquet");
        assertThat(easy.commit()).isEqualTo(HubServer.CONVERTED);
        assertThat(easy.fetch()).extracting(Files::readString).containsExactly("0", "1");
        assertThat(fetch("hf://owner/name/hard/test"))
                .extracting(Files::readString)
                .containsExactly("h");
        assertThat(fetch("hf://owner/name/odd-one/test"))
                .extracting(Files::readString)
                .containsExactly("o");
        refused("hf://owner/name/easy/train", "but a part");
        refused("hf://owner/name/none/test", "no config 'none'", "easy, hard");
    }

    @Test
    void nothingToReadIsSaid() {
        server.file("images.zip", "zip");
        refused("hf://owner/name", "no file of rows");
    }

    @Test
    void whatIsCutGoesOnWhereItStopped() throws IOException {
        HubServer.Stored stored = server.file("test.jsonl", ROWS);
        server.troubles.add(HubServer.cut(stored, 70_000));
        assertThat(fetch("hf://owner/name")).extracting(Files::readString).containsExactly(ROWS);
        List<HubServer.Seen> asked = server.asked("/resolve/");
        assertThat(asked).hasSize(2);
        assertThat(asked.get(1).header("Range")).isEqualTo("bytes=70000-");
        assertThat(asked.get(1).header("If-Range")).isEqualTo(stored.tag);
        assertThat(pauses).containsExactly(Duration.ofSeconds(1));
        assertThat(progress).isSorted().contains(0L, 70_000L).endsWith((long) ROWS.length());
        assertThat(copy("test.jsonl").getParent().toFile().list()).containsExactly("test.jsonl");
    }

    @Test
    void anotherCommandGoesOnToo() throws IOException {
        HubServer.Stored stored = server.file("test.jsonl", ROWS);
        leave(ROWS.substring(0, 50_000), stored.tag);
        assertThat(fetch("hf://owner/name")).extracting(Files::readString).containsExactly(ROWS);
        assertThat(server.asked("/resolve/"))
                .extracting(request -> request.header("Range"))
                .containsExactly("bytes=50000-");
    }

    private void leave(String bytes, String tag) throws IOException {
        Files.createDirectories(copy("test.jsonl").getParent());
        Files.writeString(copy("test.jsonl.part"), bytes);
        Files.writeString(copy("test.jsonl.part.etag"), tag);
    }

    @Test
    void whatChangedMeanwhileIsTakenFromItsStart() throws IOException {
        HubServer.Stored stored = server.file("test.jsonl", ROWS);
        leave("other ".repeat(5000), "\"of-another-day\"");
        assertThat(fetch("hf://owner/name")).extracting(Files::readString).containsExactly(ROWS);
        assertThat(server.asked("/resolve/"))
                .extracting(request -> request.header("If-Range"))
                .containsExactly("\"of-another-day\"");
        assertThat(stored.sent).hasSize(ROWS.length());
    }

    @Test
    void aServerThatGoesOnWithAnotherTagIsAskedForTheWhole() throws IOException {
        server.file("test.jsonl", ROWS);
        leave("x".repeat(100), "\"old\"");
        server.troubles.add(exchange -> {
            if (!exchange.getRequestHeaders().containsKey("Range")) {
                return false;
            }
            exchange.getResponseHeaders().set("ETag", "\"new\"");
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes 100-" + (ROWS.length() - 1) + "/" + ROWS.length());
            exchange.sendResponseHeaders(206, ROWS.length() - 100);
            exchange.getResponseBody().write(ROWS.substring(100).getBytes(StandardCharsets.UTF_8));
            exchange.close();
            return true;
        });
        assertThat(fetch("hf://owner/name")).extracting(Files::readString).containsExactly(ROWS);
        assertThat(server.asked("/resolve/"))
                .extracting(request -> String.valueOf(request.header("Range")))
                .containsExactly("bytes=100-", "null");
        // Found by the tag: by the hash alone it would have been taken in first, without a pause.
        assertThat(pauses).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void aPartOfAnotherFileUnderTheSameTagIsFoundByTheHash() throws IOException {
        HubServer.Stored stored = server.file("test.jsonl", ROWS);
        leave("x".repeat(100), stored.tag);
        assertThat(fetch("hf://owner/name")).extracting(Files::readString).containsExactly(ROWS);
        assertThat(server.asked("/resolve/")).hasSize(2);
    }

    @Test
    void aWrongHashIsNotKept() {
        HubServer.Stored stored = server.file("test.jsonl", "good");
        stored.sent = "evil".getBytes(StandardCharsets.UTF_8);
        refused("hf://owner/name", "test.jsonl", "not kept");
        stored.large = false;
        deleteCache();
        refused("hf://owner/name", "test.jsonl", "not kept");
        assertThat(copy("test.jsonl")).doesNotExist();
        assertThat(copy("test.jsonl.part")).doesNotExist();
    }

    private void deleteCache() {
        try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void smallFilesAreHeldAgainstGitsHash() {
        server.file("test.jsonl", "in git itself").large = false;
        assertThat(fetch("hf://owner/name")).extracting(Files::readString).containsExactly("in git itself");
    }

    @Test
    void anotherSizeThanListedIsRefused() {
        HubServer.Stored stored = server.file("test.jsonl", "good");
        stored.sent = "good and more".getBytes(StandardCharsets.UTF_8);
        refused("hf://owner/name", "listed with 4 bytes, offered with 13");
        stored.chunked = true;
        refused("hf://owner/name", "listed with 4 bytes, offered with more");
        stored.sent = stored.listed;
        stored.linkedTag = "\"" + "0".repeat(64) + "\"";
        refused("hf://owner/name", "offered with " + "0".repeat(64));
    }

    @Test
    void tooLargeAFileIsRefusedBeforeItComes() {
        server.file("test.jsonl", ROWS);
        assertThatThrownBy(() ->
                        open("hf://owner/name", settings().withMostBytes(1000)).fetch())
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has 160000 bytes, more than the limit of 1000");
        assertThat(server.asked("/resolve/")).isEmpty();
    }

    @Test
    void theServerIsGivenTheTimeItAsksFor() {
        server.file("test.jsonl", "rows");
        server.troubles.add(HubServer.status(429, "Retry-After", "7"));
        server.troubles.add(HubServer.status(503));
        server.troubles.add(HubServer.status(429, "Retry-After", "Wed, 21 Oct 2015 07:28:30 GMT"));
        assertThat(fetch("hf://owner/name")).hasSize(1);
        assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(2), Duration.ZERO);
    }

    @Test
    void aTimeToComeBackIsTakenByTheServersClock() {
        Map<String, String> headers =
                Map.of("Date", "Wed, 21 Oct 2015 07:28:00 GMT", "Retry-After", "Wed, 21 Oct 2015 07:28:30 GMT");
        assertThat(HubRequests.askedWait(headers)).isEqualTo(Duration.ofSeconds(30));
        assertThat(HubRequests.askedWait(Map.of("Retry-After", "soon", "Date", "today")))
                .isNull();
    }

    @Test
    void aServerThatStaysBusyOrAsksForTooMuchEndsIt() {
        for (int i = 0; i < HubRequests.MOST_TRIES; i++) {
            server.troubles.add(HubServer.status(500));
        }
        refused("hf://owner/name", "after 6 tries", "500");
        assertThat(pauses).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 8L, 16L);
        server.troubles.add(HubServer.status(429, "Retry-After", "86400"));
        refused("hf://owner/name", "asks to wait 86400 s");
    }

    @Test
    void whoIsNotLetInIsToldWhatToDo() {
        server.file("test.jsonl", "rows");
        server.troubles.add(HubServer.status(401, "X-Error-Code", "RepoNotFound"));
        refused("hf://owner/name", "does not exist or is private", "HF_TOKEN", "401 RepoNotFound");
        server.troubles.add(HubServer.status(403, "X-Error-Code", "GatedRepo"));
        refused("hf://owner/name", "Accept its terms", "HF_TOKEN is not let in");
        refused("hf://owner/other", "owner/other at main does not exist", "404");
        assertThat(pauses).isEmpty();
    }

    @Test
    void theTokenStaysWithTheHub() throws IOException {
        try (HubServer elsewhere = new HubServer()) {
            HubServer.Stored stored = server.file("test.jsonl", "rows");
            elsewhere.file("blob", "rows");
            stored.elsewhere = URI.create(
                    elsewhere.address() + "/datasets/owner/name/resolve/" + HubServer.COMMIT + "/blob?sig=S");
            assertThat(fetch("hf://owner/name")).extracting(Files::readString).containsExactly("rows");
            assertThat(server.seen)
                    .isNotEmpty()
                    .allSatisfy(request ->
                            assertThat(request.header("Authorization")).isEqualTo("Bearer " + TOKEN));
            assertThat(elsewhere.seen).hasSize(1);
            assertThat(elsewhere.seen.get(0).header("Authorization")).isNull();
        }
    }

    @Test
    void aSignedAddressIsNotShown() {
        server.file("test.jsonl", "rows").elsewhere = URI.create("http://127.0.0.1:1/blob?signature=SECRET");
        assertThatThrownBy(() -> fetch("hf://owner/name"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("ConnectException")
                .hasMessageNotContaining("SECRET");
    }

    @Test
    void aCircleOfRedirectsEnds() {
        server.file("test.jsonl", "rows").elsewhere =
                URI.create(server.address() + "/datasets/owner/name/resolve/" + HubServer.COMMIT + "/test.jsonl");
        refused("hf://owner/name", "redirects more than 5 times");
        server.files.get("test.jsonl").elsewhere = URI.create("file:///etc/passwd");
        refused("hf://owner/name", "redirects to file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../test.jsonl",
                "data/../../../../test.jsonl",
                "/tmp/test.jsonl",
                "C:/test.jsonl",
                "data\\..\\test.jsonl",
                "data//test.jsonl",
                "test\n.jsonl"
            })
    void aNameThatLeadsElsewhereIsRefused(String name) throws IOException {
        server.file("README.md", "---\nconfigs: [{data_files: [{split: test, path: '**test*'}]}]\n---\n");
        server.file(name, "rows");
        refused("hf://owner/name/default/test", "is refused");
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString()))
                    .allMatch(file -> List.of("main", HubServer.COMMIT + ".json", "README.md")
                                    .contains(file)
                            || file.endsWith(".lock"));
        }
    }

    @Test
    void longListsComeInPagesOfTheHubAlone() {
        server.file("test-a.jsonl", "a");
        server.file("test-b.jsonl", "b");
        server.file("test-c.jsonl", "c");
        server.pageSize = 1;
        assertThat(fetch("hf://owner/name")).hasSize(3);
        deleteCache();
        server.linkTo = "http://localhost:1";
        refused("hf://owner/name", "goes on at another host, localhost");
    }

    @Test
    void offlineTheCacheIsEnoughOrSaysWhatItLacks() {
        server.file("test.jsonl", "rows");
        server.file("train.jsonl", "more");
        HubSettings offline = settings().cacheOnly();
        assertThatThrownBy(() -> open("hf://owner/name", offline))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("offline", "owner/name at main", "HF_HUB_OFFLINE");
        assertThat(server.seen).isEmpty();
        fetch("hf://owner/name");
        int before = server.seen.size();
        assertThat(open("hf://owner/name", offline).fetch())
                .extracting(Files::readString)
                .containsExactly("rows");
        assertThatThrownBy(() -> open("hf://owner/name/default/train", offline).fetch())
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("offline", "train.jsonl of owner/name");
        assertThat(server.seen).hasSize(before);
    }

    @Test
    void whatIsThereIsNotFetchedAgain() {
        server.file("test.jsonl", "rows");
        fetch("hf://owner/name");
        fetch("hf://owner/name@" + HubServer.COMMIT);
        assertThat(server.asked("/resolve/")).hasSize(1);
        assertThat(server.asked("/revision/")).hasSize(1);
        assertThat(server.asked("/tree/")).hasSize(1);
    }

    @Test
    void twoThatFetchTheSameWaitForEachOther() throws IOException {
        server.file("test.jsonl", "rows");
        fetch("hf://owner/name");
        Path lock;
        try (Stream<Path> locks = Files.list(folder.resolve("cache/datasets/owner--name/locks"))) {
            lock = locks.findFirst().orElseThrow();
        }
        Files.delete(copy("test.jsonl"));
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            FileLock held = channel.lock();
            List<Duration> waits = new ArrayList<>();
            Pause untilReleased = duration -> {
                waits.add(duration);
                if (waits.size() == 3) {
                    // The other one is done.
                    release(held);
                }
            };
            HubDataset dataset =
                    HubDataset.open(HubReference.parse("hf://owner/name"), settings(), untilReleased, HubProgress.NONE);
            assertThat(dataset.fetch()).hasSize(1);
            assertThat(waits).hasSize(3).containsOnly(Duration.ofMillis(500));
        }
    }

    private void release(FileLock lock) {
        try {
            Files.writeString(copy("test.jsonl"), "rows");
            lock.release();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theHubIsReachedThroughAProxyThatWantsCredentials() throws IOException {
        server.file("data/train.jsonl", ROWS);
        String authorization = "Basic dXNlcjpzZWNyZXQ=";
        try (RecordingProxy proxy = RecordingProxy.to(server.address().getPort(), authorization)) {
            ProxySettings.use(ProxySettings.of(
                    HttpProxy.parse("http://user:secret@127.0.0.1:" + proxy.port(), "test"), name -> null));
            HubSettings elsewhere = new HubSettings(
                    URI.create("http://hub.invalid"), folder.resolve("cache"), Optional.of(TOKEN), false, 10 << 20);
            List<Path> files = open("hf://owner/name/default/train", elsewhere).fetch();
            assertThat(files).isNotEmpty();
            assertThat(proxy.heads())
                    .anySatisfy(head -> assertThat(head)
                            .startsWith("GET http://hub.invalid/")
                            .contains(authorization));
        } finally {
            ProxySettings.use(null);
        }
    }
}
