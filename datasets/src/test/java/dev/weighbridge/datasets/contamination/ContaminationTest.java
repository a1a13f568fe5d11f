package dev.weighbridge.datasets.contamination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.datasets.definition.TaskFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContaminationTest {
    private static final String QUESTION = "Ann has twelve apples and gives three of them to Ben, who then eats one.";

    @TempDir
    private Path folder;

    private static Contamination.Sample sample(String id, String... texts) {
        return new Contamination.Sample(id, List.of(texts));
    }

    private static Contamination.Finding found(Overlap overlap, String sample, String... training) {
        Contamination contamination = new Contamination(List.of(sample("s", sample)), overlap);
        for (String text : training) {
            contamination.read(text);
        }
        return contamination.report().findings().get(0);
    }

    private static String words(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    }

    @Test
    void thirteenWordsAreFoundWhateverTheirDress() {
        String dressed =
                "… so \"ANN has twelve\n apples\u00a0and gives three (of them) to Ben; who, then — eats: one!\" She";
        assertThat(found(Overlap.WORDS_13, QUESTION, dressed)).isEqualTo(new Contamination.Finding("s", 3, 3, 15));
        // A dash alone is no word, and one within a word joins it.
        assertThat(found(new Overlap(Overlap.Unit.WORDS, 2), "well-known man", "a wellknown man")
                        .seen())
                .isEqualTo(1);
    }

    @Test
    void twelveWordsAreNot() {
        assertThat(found(Overlap.WORDS_13, words(0, 20), words(0, 12) + " other " + words(12, 20)))
                .isEqualTo(new Contamination.Finding("s", 8, 0, 0));
    }

    @Test
    void shareAndLongestStretchAreOfTheSample() {
        Contamination.Finding finding =
                found(Overlap.WORDS_13, words(0, 42), words(5, 20), "x " + words(15, 30) + " y", words(30, 42));
        // 30 runs; those that begin at 5 to 7 and 15 to 17.
        assertThat(finding).isEqualTo(new Contamination.Finding("s", 30, 6, 15));
        assertThat(finding.share()).isEqualTo(0.2);
    }

    @Test
    void noRunGoesFromOneTextToTheNext() {
        assertThat(found(Overlap.WORDS_13, words(0, 13), words(0, 7), words(7, 13))
                        .seen())
                .isZero();
        Contamination contamination =
                new Contamination(List.of(sample("s", words(0, 7), words(7, 13))), Overlap.WORDS_13);
        contamination.read(words(0, 13));
        assertThat(contamination.report().tooShort()).containsExactly("s");
        assertThat(contamination.report().contaminated(0)).isEmpty();
    }

    @Test
    void fiftyCharactersAreFoundWithoutSpacesAndSymbols() {
        String spread = QUESTION.replace(" ", "  -- ").replace(",", "\n");
        Contamination.Finding finding = found(Overlap.CHARACTERS_50, QUESTION, spread);
        int letters = QUESTION.replaceAll("[^A-Za-z]", "").length();
        assertThat(finding).isEqualTo(new Contamination.Finding("s", letters - 49, letters - 49, letters));
        assertThat(found(Overlap.CHARACTERS_50, QUESTION, QUESTION.toUpperCase(Locale.ROOT))
                        .seen())
                .isZero();
        String chinese = "一二三四五六七八九十".repeat(5) + "。" + "e\u0301";
        assertThat(found(Overlap.CHARACTERS_50, chinese, "甲" + chinese.replace("。", " ")))
                .isEqualTo(new Contamination.Finding("s", 3, 3, 52));
    }

    /** Against sets of the runs themselves. */
    @ParameterizedTest
    @EnumSource(Overlap.Unit.class)
    void hashesFindWhatTextsFind(Overlap.Unit unit) {
        Random random = new Random(3);
        String[] vocabulary = {"a", "B", "c,", "ü", "d-e", "😀"};
        List<Contamination.Sample> samples = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            samples.add(sample("s" + i, drawn(random, vocabulary, random.nextInt(25))));
        }
        List<String> training = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            training.add(drawn(random, vocabulary, random.nextInt(80)));
        }
        Overlap overlap = new Overlap(unit, 5);
        Contamination contamination = new Contamination(samples, overlap);
        training.forEach(contamination::read);
        Set<List<String>> seen = new HashSet<>();
        training.forEach(text -> seen.addAll(runs(text, overlap)));
        List<Integer> expected = new ArrayList<>();
        for (Contamination.Sample sample : samples) {
            expected.add((int) runs(sample.texts().get(0), overlap).stream()
                    .filter(seen::contains)
                    .count());
        }
        assertThat(contamination.report().findings())
                .extracting(Contamination.Finding::seen)
                .isEqualTo(expected);
        assertThat(expected.stream().mapToInt(i -> i).sum()).isBetween(100, 2500);
        long read =
                training.stream().mapToLong(text -> runs(text, overlap).size()).sum();
        assertThat(contamination.report().runsRead()).isEqualTo(read);
        assertThat(contamination.report().textsRead()).isEqualTo(60);
        assertThat(contamination.report().expectedFalse()).isPositive().isLessThan(1e-10);
    }

    private static String drawn(Random random, String[] vocabulary, int count) {
        return random.ints(count, 0, vocabulary.length)
                .mapToObj(i -> vocabulary[i])
                .collect(Collectors.joining(" "));
    }

    private static List<List<String>> runs(String text, Overlap overlap) {
        String plain = overlap.unit() == Overlap.Unit.WORDS
                ? text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{Nd}\\p{So} ]", "")
                : text.replaceAll("[^\\p{L}\\p{Nd}\\p{So}]", "");
        List<String> units = overlap.unit() == Overlap.Unit.WORDS
                ? List.of(plain.strip().split(" +"))
                : plain.chars().mapToObj(Character::toString).toList();
        List<List<String>> runs = new ArrayList<>();
        for (int i = 0; i + overlap.length() <= units.size(); i++) {
            runs.add(units.subList(i, i + overlap.length()));
        }
        return runs;
    }

    private void compressed(String name, String text) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void trainingTextLiesInFilesOfSeveralFormats() throws IOException {
        Files.createDirectories(folder.resolve("deep/er"));
        Files.writeString(folder.resolve("deep/er/a.txt"), words(0, 13));
        compressed("b.txt.gz", "x\n" + words(100, 113));
        Files.writeString(
                folder.resolve("c.jsonl"),
                "{\"text\":\"" + words(200, 207) + "\"}\n{\"text\":\"" + words(207, 213) + "\",\"n\":1}\n{\"n\":2}\n");
        compressed("d.jsonl.gz", "{\"n\":1,\"text\":\"" + words(300, 313) + "\"}\n");
        Files.writeString(folder.resolve("e.csv"), "n,text\n1,\"" + words(400, 413) + "\"\n");
        Files.writeString(folder.resolve("f.bin"), words(500, 513));
        List<Contamination.Sample> samples = IntStream.range(0, 6)
                .mapToObj(i -> sample("s" + i, words(100 * i, 100 * i + 13)))
                .toList();
        Contamination contamination = new Contamination(samples, Overlap.WORDS_13);
        assertThat(contamination.read(folder, "text")).containsExactly(folder.resolve("f.bin"));
        assertThat(contamination.report().contaminated(0)).containsExactly("s0", "s1", "s3", "s4");
        assertThat(contamination.report().textsRead()).isEqualTo(6);
    }

    @Test
    void aRunIsFoundWhereverTheBufferEnds() throws IOException {
        String run = words(0, 13);
        for (int before = 65_536 - run.length() - 1; before <= 65_536; before += 7) {
            Path file = Files.writeString(folder.resolve("a.txt"), "y".repeat(before - 1) + " " + run);
            Contamination contamination = new Contamination(List.of(sample("s", run)), Overlap.WORDS_13);
            contamination.read(file, "text");
            assertThat(contamination.report().contaminated(1)).as("%d", before).containsExactly("s");
        }
    }

    @Test
    void trainingTextThatCannotBeReadIsNamed() throws IOException {
        Contamination contamination = new Contamination(List.of(sample("s", QUESTION)), Overlap.WORDS_13);
        Path file = Files.writeString(folder.resolve("a.jsonl"), "{\"content\":\"x\"}\n");
        assertThatThrownBy(() -> contamination.read(file, "text"))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("a.jsonl", "field 'text'");
        Files.writeString(file, "{\"text\":\"x\"}\n{");
        assertThatThrownBy(() -> contamination.read(file, "text"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 2 of training text");
        assertThatThrownBy(() -> contamination.read(folder.resolve("none.txt"), "text"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none.txt");
        Files.writeString(folder.resolve("b.txt.gz"), "no gzip");
        assertThatThrownBy(() -> contamination.read(folder.resolve("b.txt.gz"), "text"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("b.txt.gz");
        assertThatThrownBy(() -> contamination.report().contaminated(1.5)).hasMessageContaining("1.5");
        assertThatThrownBy(() -> new Overlap(Overlap.Unit.WORDS, 1)).hasMessageContaining("got: 1");
    }

    @Test
    void aTableKeepsAsMuchAsItWasMadeFor() {
        for (int size : new int[] {0, 1, 7, 8, 9, 1024, 1025}) {
            GramTable table = new GramTable(size);
            for (long i = 0; i < size; i++) {
                table.add(i << 40);
                table.add(i << 40);
            }
            assertThat(table.size()).isEqualTo(size);
            table.see(12345);
            for (long i = 0; i < size; i += 2) {
                table.see(i << 40);
            }
            for (long i = 0; i < size; i++) {
                assertThat(table.seen(i << 40)).isEqualTo(i % 2 == 0);
            }
        }
        assertThatThrownBy(() -> new GramTable(1L << 27)).isInstanceOf(DataException.class);
    }

    @Test
    void samplesComeFromRowsOrPrompts() {
        TaskSet task = TaskSets.load("demo-arithmetic");
        List<Contamination.Sample> samples = Contamination.Sample.ofRows(task);
        assertThat(samples).isEqualTo(Contamination.Sample.ofPrompts(task)).hasSize(200);
        assertThat(samples.get(0).texts())
                .startsWith(
                        task.samples().get(0).prompt(),
                        task.samples().get(0).targets().get(0));
    }

    @Test
    void publishedQuestionsAreFoundAndNoOthers() {
        Path data = Path.of("..", "..", "shared", "data").toAbsolutePath().normalize();
        assumeTrue(Files.isDirectory(data), "the folder of public data sets, " + data + ", is absent");
        TaskSet task = TaskFiles.load("gsm8k@gsm8k/test.jsonl", data);
        Contamination contamination = new Contamination(Contamination.Sample.ofRows(task), Overlap.WORDS_13);
        contamination.read(data.resolve("tinyshakespeare"), "text");
        assertThat(contamination.report().runsRead()).isGreaterThan(100_000);
        assertThat(contamination.report().contaminated(0)).isEmpty();
        for (int i : new int[] {10, 20, 30}) {
            contamination.read(String.valueOf(task.samples().get(i).row().get("question")));
        }
        assertThat(contamination.report().contaminated(0.2))
                .containsExactly(
                        task.samples().get(10).id(),
                        task.samples().get(20).id(),
                        task.samples().get(30).id());
    }
}
