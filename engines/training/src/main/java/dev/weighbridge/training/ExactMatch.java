package dev.weighbridge.training;

import java.util.LinkedHashMap;
import java.util.Map;

/** Share of questions whose whole answer, end of sequence included, is what greedy decoding gives. */
final class ExactMatch {
    private static final int ROWS = 100;

    private ExactMatch() {}

    /** Scores every task of the data; 0 to 1, by task. */
    static Map<String, Double> of(DecoderTrainer trainer, TrainingData data) {
        Map<String, Double> scores = new LinkedHashMap<>();
        for (String task : data.tasks()) {
            int right = 0;
            for (int row = 0; row < data.size(task); row += ROWS) {
                TrainingData.Batch batch = data.slice(task, row, ROWS);
                right += right(batch, trainer.predict(batch));
            }
            scores.put(task, (double) right / data.size(task));
        }
        return scores;
    }

    /**
     * Rows of a batch in which every token to predict is the predicted one. With the right tokens so far given, every argmax
     * is right exactly when greedy decoding writes the whole answer.
     */
    static int right(TrainingData.Batch batch, long[] predicted) {
        int right = 0;
        for (int row = 0; row < batch.rows(); row++) {
            boolean good = true;
            for (int i = row * batch.columns(); i < (row + 1) * batch.columns(); i++) {
                good &= batch.targets()[i] == TrainingData.IGNORED || batch.targets()[i] == predicted[i];
            }
            right += good ? 1 : 0;
        }
        return right;
    }
}
