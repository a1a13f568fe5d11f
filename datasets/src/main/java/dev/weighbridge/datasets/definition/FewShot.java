package dev.weighbridge.datasets.definition;

/**
 * Solved samples that stand before each question.
 *
 * @param data file of their rows, relative to the task file; never the file of the questions
 * @param count of them, the first of the file
 * @param delimiter after each
 */
record FewShot(String data, int count, String delimiter) {
    private static final int MOST = 1000;

    static FewShot of(Fields fields) {
        int count = fields.whole("count", 5, 1, MOST);
        FewShot shots = new FewShot(fields.text("data"), count, fields.text("delimiter", "\n\n"));
        fields.end();
        return shots;
    }
}
