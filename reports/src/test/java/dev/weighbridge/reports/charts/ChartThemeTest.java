package dev.weighbridge.reports.charts;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.knowm.xchart.XYChart;

class ChartThemeTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 18, 60})
    void everyRowHasAPlaceOfItsOwnForItsName(int rows) {
        int height = ChartTheme.height(rows);
        XYChart chart = new XYChart(ChartTheme.WIDTH, height);
        ChartTheme.apply(chart.getStyler());
        ChartTheme.rows(chart.getStyler(), rows);
        chart.setXAxisTitle("x");
        chart.addSeries("a", new double[] {1, 2}, new double[] {0, 0});
        ChartTheme.named(chart, Collections.nCopies(rows, "an engine · a precision · a batching policy"))
                .paint(
                        new BufferedImage(ChartTheme.WIDTH, height, BufferedImage.TYPE_INT_RGB).createGraphics(),
                        ChartTheme.WIDTH,
                        height);
        List<Double> places = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            places.add(chart.getScreenYFromChart(-row));
        }
        assertThat(places).isSorted().doesNotHaveDuplicates().allMatch(y -> y > 0 && y < height);
        assertThat(rows == 1 ? height : places.get(1) - places.get(0))
                .as("room for letters")
                .isGreaterThan(16);
    }
}
