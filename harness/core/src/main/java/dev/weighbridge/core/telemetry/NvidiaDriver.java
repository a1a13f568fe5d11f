package dev.weighbridge.core.telemetry;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.weighbridge.results.TelemetrySample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** NVIDIA's driver of this machine, by its management library; only where that is installed and answers. */
public final class NvidiaDriver {
    private static final Logger LOG = LoggerFactory.getLogger(NvidiaDriver.class);
    private static final String VISIBLE_DEVICES = "CUDA_VISIBLE_DEVICES";
    private static final int MOST_TEXT = 96;

    private final Nvml library;
    private final @Nullable String visibleDevices;

    /** Looked for once a process, when it is first asked for. */
    private static final class OfThisMachine {
        /** Of the driver, and of the one that Windows lends its Linux; looking for a library that is not there takes 90 ms. */
        private static final List<Path> DEVICE_FILES = List.of(Path.of("/dev/nvidiactl"), Path.of("/dev/dxg"));

        private static final Optional<NvidiaDriver> DRIVER = open();

        private static Optional<NvidiaDriver> open() {
            if (Platform.isLinux() && DEVICE_FILES.stream().noneMatch(Files::exists)) {
                return Optional.empty();
            }
            for (String name : List.of("libnvidia-ml.so.1", "nvidia-ml", "nvml")) {
                try {
                    Nvml library = Native.load(name, Nvml.class);
                    // Never shut down: the library lives as long as the process.
                    if (library.nvmlInit_v2() == Nvml.SUCCESS) {
                        return Optional.of(new NvidiaDriver(library, System.getenv(VISIBLE_DEVICES)));
                    }
                } catch (LinkageError e) {
                    LOG.debug("no {} on this machine: {}", name, e.getMessage());
                }
            }
            return Optional.empty();
        }
    }

    NvidiaDriver(Nvml library, @Nullable String visibleDevices) {
        this.library = library;
        this.visibleDevices = visibleDevices;
    }

    /** The driver, or empty where there is none. */
    public static Optional<NvidiaDriver> ofThisMachine() {
        return OfThisMachine.DRIVER;
    }

    /** Version of the driver, for example {@code 580.159.04}. */
    public Optional<String> version() {
        return text(buffer -> library.nvmlSystemGetDriverVersion(buffer, MOST_TEXT));
    }

    /** Names of all devices, for example {@code NVIDIA H200}; those that the environment hides too. */
    public List<String> names() {
        int[] count = new int[1];
        List<String> names = new ArrayList<>();
        if (library.nvmlDeviceGetCount_v2(count) == Nvml.SUCCESS) {
            for (int index = 0; index < count[0]; index++) {
                byIndex(index)
                        .flatMap(device -> text(buffer -> library.nvmlDeviceGetName(device, buffer, MOST_TEXT)))
                        .ifPresent(names::add);
            }
        }
        return names;
    }

    /**
     * The device that CUDA calls by this number, which counts those that {@code CUDA_VISIBLE_DEVICES} leaves over; empty where the
     * driver does not know it. Where cards differ, CUDA numbers as the driver does only with
     * {@code CUDA_DEVICE_ORDER=PCI_BUS_ID}.
     */
    public Optional<Device> cudaDevice(int number) {
        if (visibleDevices == null) {
            return byIndex(number).map(Device::new);
        }
        String[] visible = visibleDevices.split(",", -1);
        String name = number < visible.length ? visible[number].strip() : "";
        if (name.matches("\\d{1,4}")) {
            return byIndex(Integer.parseInt(name)).map(Device::new);
        }
        PointerByReference device = new PointerByReference();
        return name.isEmpty() || library.nvmlDeviceGetHandleByUUID(name, device) != Nvml.SUCCESS
                ? Optional.empty()
                : Optional.of(new Device(device.getValue()));
    }

    private Optional<Pointer> byIndex(int index) {
        PointerByReference device = new PointerByReference();
        return library.nvmlDeviceGetHandleByIndex_v2(index, device) == Nvml.SUCCESS
                ? Optional.of(device.getValue())
                : Optional.empty();
    }

    private static Optional<String> text(ToIntFunction<byte[]> read) {
        byte[] buffer = new byte[MOST_TEXT];
        return read.applyAsInt(buffer) == Nvml.SUCCESS ? Optional.of(Native.toString(buffer)) : Optional.empty();
    }

    /** One graphics processor. */
    public final class Device {
        private final Pointer handle;

        private Device(Pointer handle) {
            this.handle = handle;
        }

        /** What the driver says of it now. */
        public TelemetrySample.Gpu sample() {
            int[] rates = new int[2];
            long[] memory = new long[3];
            int[] clock = new int[1];
            int[] power = new int[1];
            long[] energy = new long[1];
            return new TelemetrySample.Gpu(
                    known(library.nvmlDeviceGetUtilizationRates(handle, rates)) ? rates[0] : null,
                    known(library.nvmlDeviceGetMemoryInfo(handle, memory)) ? memory[2] : null,
                    known(library.nvmlDeviceGetClockInfo(handle, Nvml.CLOCK_SM, clock)) ? clock[0] : null,
                    known(library.nvmlDeviceGetPowerUsage(handle, power)) ? power[0] : null,
                    known(library.nvmlDeviceGetTotalEnergyConsumption(handle, energy)) ? energy[0] : null);
        }

        private boolean known(int answer) {
            return answer == Nvml.SUCCESS;
        }
    }
}
