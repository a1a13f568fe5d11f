package dev.weighbridge.core.telemetry;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;

/**
 * The functions of NVIDIA's management library that are used here. Each returns 0 when it succeeded. Source: NVML API Reference,
 * https://docs.nvidia.com/deploy/nvml-api.
 */
interface Nvml extends Library {
    int SUCCESS = 0;

    /** Clock of the multiprocessors, in {@link #nvmlDeviceGetClockInfo}. */
    int CLOCK_SM = 1;

    int nvmlInit_v2();

    int nvmlSystemGetDriverVersion(byte[] version, int length);

    int nvmlDeviceGetCount_v2(int[] count);

    int nvmlDeviceGetHandleByIndex_v2(int index, PointerByReference device);

    int nvmlDeviceGetHandleByUUID(String uuid, PointerByReference device);

    int nvmlDeviceGetName(Pointer device, byte[] name, int length);

    /** Percent of time: kernels, then memory. */
    int nvmlDeviceGetUtilizationRates(Pointer device, int[] rates);

    /** Bytes: total, free, used. */
    int nvmlDeviceGetMemoryInfo(Pointer device, long[] bytes);

    /** Megahertz. */
    int nvmlDeviceGetClockInfo(Pointer device, int type, int[] clock);

    /** Milliwatts. */
    int nvmlDeviceGetPowerUsage(Pointer device, int[] power);

    /** Millijoules since the driver was loaded. */
    int nvmlDeviceGetTotalEnergyConsumption(Pointer device, long[] energy);
}
