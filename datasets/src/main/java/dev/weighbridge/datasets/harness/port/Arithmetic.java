package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.template.PythonText;
import java.util.Map;

/** Arithmetic of GPT-3's paper: the questions in the words that the data set's own script gave them. */
final class Arithmetic implements PortedModule {
    @Override
    public String id() {
        return "arithmetic";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of("55c93da7005300ce496a18bce8251febab8acd36b8c4d8875679ff432c2031f9", "arithmetic/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "process_docs",
                Cells.with(row -> Map.of(
                        "context",
                        PythonText.strip(Cells.text(row, "context"))
                                .replace("\n\n", "\n")
                                .replace("Q:", "Question:")
                                .replace("A:", "Answer:"))));
    }
}
