package dev.weighbridge.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StratifiedSubsetTest {

    private static Map<String, String> strata(int... sizes) {
        Map<String, String> strata = new LinkedHashMap<>();
        for (int stratum = 0; stratum < sizes.length; stratum++) {
            for (int i = 0; i < sizes[stratum]; i++) {
                strata.put(stratum + "/" + i, "s" + stratum);
            }
        }
        return strata;
    }

    private static Map<String, Integer> counts(Map<String, String> strata, List<String> ids) {
        Map<String, Integer> counts = new TreeMap<>();
        ids.forEach(id -> counts.merge(strata.get(id), 1, Integer::sum));
        return counts;
    }

    @Test
    void strataKeepTheirProportions() {
        Map<String, String> strata = strata(700, 200, 100);
        assertThat(counts(strata, StratifiedSubset.of(strata, 50, 1).ids()))
                .isEqualTo(Map.of("s0", 35, "s1", 10, "s2", 5));
    }

    @Test
    void everyShareIsRoundedDownOrUpAtEverySize() {
        SplittableRandom random = new SplittableRandom(2);
        for (int round = 0; round < 30; round++) {
            int[] sizes = random.ints(12, 1, 40).toArray();
            Map<String, String> strata = strata(sizes);
            List<String> all =
                    StratifiedSubset.of(strata, Integer.MAX_VALUE, round).ids();
            assertThat(all).containsExactlyInAnyOrderElementsOf(strata.keySet());
            for (int n = 1; n <= all.size(); n++) {
                Map<String, Integer> counts = counts(strata, all.subList(0, n));
                for (int i = 0; i < sizes.length; i++) {
                    double share = (double) n * sizes[i] / strata.size();
                    assertThat((double) counts.getOrDefault("s" + i, 0))
                            .isBetween(Math.floor(share + 1e-9), Math.ceil(share - 1e-9));
                }
            }
        }
    }

    @Test
    void aLargerSubsetHoldsTheSmallerOne() {
        Map<String, String> strata = strata(6, 6, 2);
        List<String> ten = StratifiedSubset.of(strata, 10, 3).ids();
        assertThat(StratifiedSubset.of(strata, 11, 3).ids().subList(0, 10)).isEqualTo(ten);
    }

    @Test
    void theOrderOfTheSamplesDoesNotMatterAndTheSeedDoes() {
        Map<String, String> strata = strata(50, 30, 20);
        List<String> shuffled = new ArrayList<>(strata.keySet());
        Collections.shuffle(shuffled, new Random(4));
        Map<String, String> reordered = new LinkedHashMap<>();
        shuffled.forEach(id -> reordered.put(id, strata.get(id)));
        StratifiedSubset subset = StratifiedSubset.of(strata, 20, 5);
        assertThat(StratifiedSubset.of(reordered, 20, 5)).isEqualTo(subset);
        assertThat(StratifiedSubset.of(new HashMap<>(strata), 20, 5)).isEqualTo(subset);
        assertThat(StratifiedSubset.of(strata, 20, 6)).isNotEqualTo(subset);
    }

    @Test
    void everySampleOfAStratumIsChosenAlikeOften() {
        Map<String, String> strata = strata(10, 10);
        Map<String, Integer> chosen = new TreeMap<>();
        for (int seed = 0; seed < 2000; seed++) {
            StratifiedSubset.of(strata, 5, seed).ids().forEach(id -> chosen.merge(id, 1, Integer::sum));
        }
        // 2000 × 5 / 20 = 500, standard deviation 19: strata of one size take turns in being rounded up.
        assertThat(chosen).hasSize(20);
        assertThat(chosen.values()).allSatisfy(count -> assertThat(count).isBetween(415, 585));
    }

    @Test
    void manySmallStrataAreChosenFromQuickly() {
        Map<String, String> strata = new HashMap<>();
        for (int i = 0; i < 100_000; i++) {
            strata.put("id " + i, "stratum " + i / 2);
        }
        StratifiedSubset subset = StratifiedSubset.of(strata, 50_000, 7);
        assertThat(counts(strata, subset.ids())).hasSize(50_000);
    }

    @Test
    void whatASubsetCostsIsHowMuchLargerADifferenceMustBe() {
        StratifiedSubset subset = StratifiedSubset.of(strata(300, 100), 100, 8);
        assertThat(subset.detectableRatio()).isEqualTo(2);
        assertThat(Power.USUAL.detectable(0.3, 10_000).orElseThrow() * subset.detectableRatio())
                .isCloseTo(Power.USUAL.detectable(0.3, 2500).orElseThrow(), within(1e-4));
        assertThat(StratifiedSubset.of(strata(3), 10, 8).detectableRatio()).isEqualTo(1);
    }

    @Test
    void anEmptySubsetIsRefused() {
        assertThatThrownBy(() -> StratifiedSubset.of(strata(3), 0, 1)).hasMessageContaining("got: 0");
        assertThat(StratifiedSubset.of(Map.of(), 5, 1).ids()).isEmpty();
        assertThatThrownBy(() -> StratifiedSubset.of(Map.of(), 5, 1).detectableRatio())
                .hasMessageContaining("without samples");
        assertThatThrownBy(() -> new StratifiedSubset(List.of("a", "a"), 5)).hasMessageContaining("1 of them");
    }
}
