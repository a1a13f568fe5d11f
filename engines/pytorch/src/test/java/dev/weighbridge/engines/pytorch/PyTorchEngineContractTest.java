package dev.weighbridge.engines.pytorch;

import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.testkit.EngineContract;
import java.nio.file.Path;

/** The contract on the demo model, in a process of its own. */
class PyTorchEngineContractTest extends EngineContract {
    @Override
    protected EngineProvider provider() {
        return new PyTorchEngineProvider();
    }

    @Override
    protected Path model() {
        return Path.of("..", "..", "datasets", "models", "weighbridge-demo");
    }

    @Override
    protected String prompt() {
        return "Sort: raisin nectar yam lime sloe walnut ->";
    }
}
