package dev.weighbridge.datasets.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.datasets.DataException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HubChoiceTest {
    private static HubFile file(String name) {
        return new HubFile(name, 1, "0".repeat(40), Optional.empty());
    }

    private static Map<String, List<String>> sorted(String... names) {
        Map<String, List<String>> found = new TreeMap<>();
        SplitNames.sort(Stream.of(names).map(HubChoiceTest::file).toList(), "")
                .forEach((split, files) ->
                        found.put(split, files.stream().map(HubFile::name).toList()));
        return found;
    }

    @Test
    void splitsAreToldByNames() {
        assertThat(sorted("train.csv", "my_dev-file.csv", "testing1.csv", "latest.csv", "README.md"))
                .isEqualTo(Map.of(
                        "train", List.of("train.csv"),
                        "validation", List.of("my_dev-file.csv"),
                        "test", List.of("testing1.csv")));
        assertThat(sorted("train/a.jsonl", "eval/b.jsonl", "eval/.hidden.jsonl"))
                .isEqualTo(Map.of("train", List.of("train/a.jsonl"), "test", List.of("eval/b.jsonl")));
        assertThat(sorted("data/odd-00000-of-00001-abc.parquet", "train.csv"))
                .isEqualTo(Map.of("odd", List.of("data/odd-00000-of-00001-abc.parquet")));
        assertThat(sorted("b.csv", "a.csv")).isEqualTo(Map.of("train", List.of("a.csv", "b.csv")));
        assertThat(sorted("dataset_infos.json", "x.py")).isEmpty();
    }

    @Test
    void aSecondCopyInAnotherFormatAddsNoRows() {
        assertThat(sorted("test.csv", "test.parquet")).isEqualTo(Map.of("test", List.of("test.parquet")));
        assertThat(sorted("test-1.csv", "test-2.csv", "test.parquet"))
                .isEqualTo(Map.of("test", List.of("test-1.csv", "test-2.csv")));
    }

    @ParameterizedTest
    @CsvSource({
        "*.csv, a.csv, true",
        "*.csv, d/a.csv, false",
        "**.csv, d/a.csv, true",
        "**/*.csv, a.csv, true",
        "**/*.csv, d/e/a.csv, true",
        "**/a.csv, xa.csv, false",
        "**/a.csv, d/xa.csv, false",
        "data/**, data/x/y, true",
        "data/*, data/x/y, false",
        "d?ta/t[a-c]st[!0-9].csv, data/tast_.csv, true",
        "d?ta/t[a-c]st[!0-9].csv, data/tast1.csv, false",
        "a/**/b/*c*, a/x/b/y/b/c1, true",
        "a/**/b/*c*, a/x/b/y/bc1, false",
        "'[x', '[x', true",
        "a.csv, abcsv, false",
        "'*', a, true",
        "?, /, false"
    })
    void patternsMatchAsOnTheHub(String pattern, String name, boolean matches) {
        assertThat(new GlobPattern(pattern).matches(name)).isEqualTo(matches);
    }

    @Test
    @Timeout(10)
    void noPatternTakesLong() {
        String pattern = "*a".repeat(300) + "/**/" + "**a*".repeat(90) + "b";
        String name = "a".repeat(500) + "/" + "a".repeat(499);
        assertThat(new GlobPattern(pattern).matches(name)).isFalse();
    }

    @Test
    void aCardHasConfigsInSeveralForms() {
        String text = """
                ---
                configs:
                - config_name: a
                  data_files: [x.csv, ./y.csv]
                - config_name: b
                  default: true
                  data_dir: folder
                - data_files: {test: z.csv}
                ---
                """;
        DatasetCard card = DatasetCard.parse(text);
        assertThat(card.names()).containsExactly("a", "b", "default");
        assertThat(card.config("").orElseThrow().folder()).isEqualTo("folder");
        assertThat(card.config("a").orElseThrow().splits())
                .isEqualTo(Map.of("train", List.of(new GlobPattern("x.csv"), new GlobPattern("y.csv"))));
        assertThat(card.config("default").orElseThrow().splits())
                .isEqualTo(Map.of("test", List.of(new GlobPattern("z.csv"))));
        assertThat(card.config("c")).isEmpty();
    }

    @Test
    void aCardWithoutAHeadOrWithABrokenOneIsTold() {
        assertThat(DatasetCard.parse("# Title\n---\nconfigs: [{}]\n").configs()).isEmpty();
        assertThat(DatasetCard.parse("---\nlicense: mit\n---\n").configs()).isEmpty();
        assertThat(DatasetCard.parse("---\n---\n").configs()).isEmpty();
        assertThatThrownBy(() -> DatasetCard.parse("---\nconfigs: [\n---\n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no YAML");
    }

    @Test
    void aCardThatRefersToItselfOverAndOverIsRefused() {
        StringBuilder bomb = new StringBuilder("---\na0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 60; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
        }
        bomb.append("configs: *a59\n---\n");
        assertThat(DatasetCard.parse(bomb.toString()).configs()).isEmpty();
    }
}
