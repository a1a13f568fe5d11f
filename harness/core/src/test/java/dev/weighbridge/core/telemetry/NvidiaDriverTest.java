package dev.weighbridge.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.weighbridge.results.TelemetrySample;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Numbering and absence by a library of two devices that this test answers for; a real one where there is one. */
class NvidiaDriverTest {
    private static final int NOT_SUPPORTED = 3;

    @Test
    void devicesAreCountedAsCudaCountsThem() {
        assertThat(used(null, 1)).isEqualTo(1L);
        assertThat(used("1", 0)).isEqualTo(1L);
        assertThat(used(" 1 , 0", 1)).isZero();
        assertThat(used("GPU-b", 0)).isEqualTo(1L);
        assertThat(used("1", 1)).isNull();
        assertThat(used("", 0)).isNull();
        assertThat(used(null, 2)).isNull();
    }

    @Test
    void whatTheDriverDoesNotTellIsAbsent() {
        TelemetrySample.Gpu sample = new NvidiaDriver(new TwoDevices(), null)
                .cudaDevice(0)
                .orElseThrow()
                .sample();
        assertThat(sample).isEqualTo(new TelemetrySample.Gpu(7, 0L, null, null, null));
    }

    @Test
    void namesAndVersionAreRead() {
        NvidiaDriver driver = new NvidiaDriver(new TwoDevices(), "1");
        assertThat(driver.names()).containsExactly("Device 0", "Device 1");
        assertThat(driver.version()).contains("1.2.3");
    }

    @Test
    @Tag("gpu")
    void aRealDeviceTellsItsMemoryAndPower() {
        assumeTrue(NvidiaDriver.ofThisMachine().isPresent(), "no NVIDIA driver on this machine");
        NvidiaDriver driver = NvidiaDriver.ofThisMachine().orElseThrow();
        assertThat(driver.names()).isNotEmpty().allMatch(name -> !name.isBlank());
        TelemetrySample.Gpu sample = driver.cudaDevice(0).orElseThrow().sample();
        assertThat(sample.usedBytes()).isPositive();
        assertThat(sample.utilisationPercent()).isBetween(0, 100);
    }

    /** Bytes in use of the device, which its fake answers with its own index. */
    private static @Nullable Long used(@Nullable String visible, int number) {
        return new NvidiaDriver(new TwoDevices(), visible)
                .cudaDevice(number)
                .map(device -> device.sample().usedBytes())
                .orElse(null);
    }

    private static final class TwoDevices implements Nvml {
        @Override
        public int nvmlInit_v2() {
            return SUCCESS;
        }

        @Override
        public int nvmlSystemGetDriverVersion(byte[] version, int length) {
            return write("1.2.3", version);
        }

        @Override
        public int nvmlDeviceGetCount_v2(int[] count) {
            count[0] = 2;
            return SUCCESS;
        }

        @Override
        public int nvmlDeviceGetHandleByIndex_v2(int index, PointerByReference device) {
            if (index > 1) {
                return NOT_SUPPORTED;
            }
            device.setValue(new Pointer(1 + index));
            return SUCCESS;
        }

        @Override
        public int nvmlDeviceGetHandleByUUID(String uuid, PointerByReference device) {
            return uuid.equals("GPU-b") ? nvmlDeviceGetHandleByIndex_v2(1, device) : NOT_SUPPORTED;
        }

        @Override
        public int nvmlDeviceGetName(Pointer device, byte[] name, int length) {
            return write("Device " + (Pointer.nativeValue(device) - 1), name);
        }

        @Override
        public int nvmlDeviceGetUtilizationRates(Pointer device, int[] rates) {
            rates[0] = 7;
            return SUCCESS;
        }

        @Override
        public int nvmlDeviceGetMemoryInfo(Pointer device, long[] bytes) {
            bytes[2] = Pointer.nativeValue(device) - 1;
            return SUCCESS;
        }

        @Override
        public int nvmlDeviceGetClockInfo(Pointer device, int type, int[] clock) {
            return NOT_SUPPORTED;
        }

        @Override
        public int nvmlDeviceGetPowerUsage(Pointer device, int[] power) {
            return NOT_SUPPORTED;
        }

        @Override
        public int nvmlDeviceGetTotalEnergyConsumption(Pointer device, long[] energy) {
            return NOT_SUPPORTED;
        }

        private static int write(String text, byte[] buffer) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(bytes, 0, buffer, 0, bytes.length);
            return SUCCESS;
        }
    }
}
