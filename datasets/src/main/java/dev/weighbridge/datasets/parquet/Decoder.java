package dev.weighbridge.datasets.parquet;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Function;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.Type;
import org.apache.parquet.io.api.Binary;

/**
 * Makes JSON values of a column's values, by what the file says they mean (Parquet format, "Logical types"). What JSON has not
 * becomes text: dates and times by ISO 8601, bytes in Base64 (RFC 4648), UUIDs as usual.
 */
@FunctionalInterface
interface Decoder {
    long NANOS = 1_000_000_000;
    int LARGEST_SCALE = 1000;

    /**
     * The JSON value.
     *
     * @param stored a Boolean, Integer, Long, Float, Double or Binary
     */
    Object value(Object stored);

    /**
     * The decoder of a column.
     *
     * @throws IOException when the column contradicts itself
     */
    static Decoder of(SchemaElement element) throws IOException {
        ConvertedType converted = element.getConverted_type();
        LogicalType logical = element.isSetLogicalType() && element.getLogicalType() != null
                ? element.getLogicalType()
                : new LogicalType();
        if (converted == ConvertedType.DECIMAL || logical.isSetDECIMAL()) {
            return decimal(
                    element, logical.isSetDECIMAL() ? logical.getDECIMAL().getScale() : element.getScale());
        }
        Type type = element.getType();
        return switch (type) {
            case BOOLEAN, DOUBLE -> stored -> stored;
            case FLOAT -> stored -> ((Float) stored).doubleValue();
            case INT32 -> int32(converted, logical);
            case INT64 -> int64(converted, logical);
            case INT96 -> stored -> julian(((Binary) stored).toByteBuffer());
            case BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY -> bytes(element, converted, logical);
        };
    }

    private static Decoder decimal(SchemaElement element, int scale) throws IOException {
        if (scale < 0 || scale > LARGEST_SCALE) {
            throw new IOException("column " + element.getName() + " has a scale of " + scale);
        }
        return stored -> stored instanceof Binary binary
                ? new BigDecimal(binary.length() == 0 ? BigInteger.ZERO : new BigInteger(binary.getBytes()), scale)
                : BigDecimal.valueOf(((Number) stored).longValue(), scale);
    }

    private static Decoder int32(ConvertedType converted, LogicalType logical) {
        if (converted == ConvertedType.DATE || logical.isSetDATE()) {
            return stored -> LocalDate.ofEpochDay((Integer) stored).toString();
        }
        if (converted == ConvertedType.TIME_MILLIS || logical.isSetTIME()) {
            return stored -> time((Integer) stored, 1000);
        }
        if (converted == ConvertedType.UINT_32 || unsigned(logical)) {
            return stored -> narrow(Integer.toUnsignedLong((Integer) stored));
        }
        return stored -> stored;
    }

    private static boolean unsigned(LogicalType logical) {
        return logical.isSetINTEGER() && !logical.getINTEGER().isIsSigned();
    }

    private static Decoder int64(ConvertedType converted, LogicalType logical) {
        if (logical.isSetTIMESTAMP()) {
            long unit = unit(logical.getTIMESTAMP().getUnit());
            String zone = logical.getTIMESTAMP().isIsAdjustedToUTC() ? "Z" : "";
            return stored -> timestamp((Long) stored, unit) + zone;
        }
        if (converted == ConvertedType.TIMESTAMP_MILLIS || converted == ConvertedType.TIMESTAMP_MICROS) {
            long unit = converted == ConvertedType.TIMESTAMP_MILLIS ? 1000 : 1_000_000;
            return stored -> timestamp((Long) stored, unit) + "Z";
        }
        if (converted == ConvertedType.TIME_MICROS || logical.isSetTIME()) {
            long unit = logical.isSetTIME() ? unit(logical.getTIME().getUnit()) : 1_000_000;
            return stored -> time((Long) stored, unit);
        }
        if (converted == ConvertedType.UINT_64 || unsigned(logical)) {
            return stored ->
                    (Long) stored < 0 ? new BigInteger(Long.toUnsignedString((Long) stored)) : narrow((Long) stored);
        }
        return stored -> narrow((Long) stored);
    }

    /** Units in a second. */
    private static long unit(TimeUnit unit) {
        return unit.isSetMILLIS() ? 1000 : unit.isSetMICROS() ? 1_000_000 : NANOS;
    }

    /** As a JSON reader gives numbers: no larger than needed. */
    private static Object narrow(long value) {
        if (value == (int) value) {
            return (int) value;
        }
        return value;
    }

    private static String timestamp(long value, long unit) {
        long nanos = Math.floorMod(value, unit) * (NANOS / unit);
        return LocalDateTime.ofEpochSecond(Math.floorDiv(value, unit), (int) nanos, ZoneOffset.UTC)
                .format(DateTimeFormatter.ISO_LOCAL_DATE_TIME);
    }

    private static String time(long value, long unit) {
        return LocalTime.ofNanoOfDay(Math.multiplyExact(value, NANOS / unit)).format(DateTimeFormatter.ISO_LOCAL_TIME);
    }

    /** Nanoseconds of the day and Julian day, as older writers store times; day 2440588 is 1970-01-01. */
    private static String julian(ByteBuffer bytes) {
        ByteBuffer own = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long nanos = own.getLong();
        int day = own.getInt();
        return LocalDate.ofEpochDay(day - 2_440_588L)
                .atStartOfDay()
                .plusNanos(nanos)
                .format(DateTimeFormatter.ISO_LOCAL_DATE_TIME);
    }

    private static Decoder bytes(SchemaElement element, ConvertedType converted, LogicalType logical)
            throws IOException {
        boolean text = converted == ConvertedType.UTF8
                || converted == ConvertedType.ENUM
                || converted == ConvertedType.JSON
                || logical.isSetSTRING()
                || logical.isSetENUM()
                || logical.isSetJSON();
        if (text) {
            return stored -> ((Binary) stored).toStringUsingUTF8();
        }
        if (logical.isSetUUID()) {
            return sized(element, 16, bytes -> new UUID(bytes.getLong(), bytes.getLong()).toString());
        }
        if (logical.isSetFLOAT16()) {
            return sized(
                    element,
                    2,
                    bytes -> half(bytes.order(ByteOrder.LITTLE_ENDIAN).getShort()));
        }
        return stored -> Base64.getEncoder().encodeToString(((Binary) stored).getBytes());
    }

    private static Decoder sized(SchemaElement element, int size, Function<ByteBuffer, Object> made)
            throws IOException {
        if (element.getType_length() != size) {
            throw new IOException("column " + element.getName() + " has values of " + element.getType_length()
                    + " bytes where its type has " + size);
        }
        return stored -> made.apply(((Binary) stored).toByteBuffer().duplicate());
    }

    /** IEEE 754 binary16. */
    private static double half(int bits) {
        int exponent = bits >> 10 & 31;
        int fraction = bits & 1023;
        double size = exponent == 0
                ? Math.scalb((double) fraction, -24)
                : exponent == 31
                        ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                        : Math.scalb(1024.0 + fraction, exponent - 25);
        return bits << 16 < 0 ? -size : size;
    }
}
