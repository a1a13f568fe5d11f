package dev.weighbridge.inference.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.checkpoint.SafetensorsWriter.FloatTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files from elsewhere: whole ones are read, and every damage is named before a tensor is touched. */
class SafetensorsFileTest {
    private static final String GOOD =
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},\"b\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[24,32]}}";

    private Path file;

    @BeforeEach
    void name(@TempDir Path scratch) {
        file = scratch.resolve("model.safetensors");
    }

    @Test
    void wholeFileGivesItsTensors() throws IOException {
        Path real = SafetensorsBytes.write(file, GOOD, 32);
        long data = (long) Long.BYTES + GOOD.length();
        assertThat(SafetensorsFile.read(real).values())
                .containsExactly(
                        new TensorSource.TensorInfo("a", "F32", List.of(2L, 3L), real, data, 24),
                        new TensorSource.TensorInfo("b", "F16", List.of(4L), real, data + 24, 8));
    }

    @Test
    void metadataPaddingScalarsAndEmptyTensorsAreFine() throws IOException {
        SafetensorsBytes.write(
                file,
                "{\"__metadata__\":{\"format\":\"pt\"},\"none\":{\"dtype\":\"I64\",\"shape\":[0,7],\"data_offsets\":[0,0]},"
                        + "\"scalar\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]}}     ",
                8);
        assertThat(SafetensorsFile.read(file)).containsOnlyKeys("none", "scalar");
    }

    @Test
    void everyTruncationIsFound() throws IOException {
        byte[] whole = Files.readAllBytes(SafetensorsBytes.write(file, GOOD, 32));
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatExceptionOfType(EngineException.class)
                    .as("%d of %d bytes", length, whole.length)
                    .isThrownBy(() -> SafetensorsFile.read(file))
                    .withMessageContaining(file.toString())
                    .withMessageContaining("cut off")
                    .satisfies(e -> assertThat(e.category()).isEqualTo(EngineException.Category.BAD_MODEL));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, (100L << 20) + 1})
    void headerLengthOutOfBoundsIsRefusedWithoutReadingSoMuch(long length) throws IOException {
        SafetensorsBytes.write(file, length, GOOD.getBytes(StandardCharsets.UTF_8), new byte[32]);
        refused("is not a safetensors file: its header length is " + Long.toUnsignedString(length));
    }

    @Test
    void headerLargerThanTheFileIsRefused() throws IOException {
        SafetensorsBytes.write(file, 5000, GOOD.getBytes(StandardCharsets.UTF_8), new byte[32]);
        refused("its header of 5000 bytes is larger than the file of");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]                                                                  | begins with byte 91",
                "` {}`                                                               | begins with byte 32",
                "{\"a\":                                                             | is not valid JSON",
                "{} {}                                                               | is not valid JSON",
                "{\"a\":1,\"a\":1}                                                   | is not valid JSON: Duplicate",
                "{\"a\":7}                                                           | has the type ''",
                "{\"a\":{\"dtype\":\"F5\",\"shape\":[1],\"data_offsets\":[0,1]}}      | has the type 'F5', supported are",
                "{\"a\":{\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,1]}}          | has the type '4', supported are",
                "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,32]}}                  | must have a shape and two data_offsets",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[8]}}                           | must have a shape and two data_offsets",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[0]}}       | must have a shape and two data_offsets",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":{\"x\":0,\"y\":32}}} | must have a shape and two data_offsets",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[8.0],\"data_offsets\":[0,32]}}  | must hold whole numbers of 0 or more, got: 8.0",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-8],\"data_offsets\":[0,32]}}   | must hold whole numbers of 0 or more, got: -8",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[-32,0]}}   | must hold whole numbers of 0 or more, got: -32",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[0,99999999999999999999]}} | must hold whole numbers",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[7],\"data_offsets\":[0,32]}}    | takes 28 bytes, but its data_offsets are 0 and 32",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[32,0]}}    | takes 32 bytes, but its data_offsets are 32 and 0",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,32]}} | more bytes than a file can hold",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[16],\"data_offsets\":[0,64]}}   | ends at byte 64 of the data, but the file has only 32",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[7],\"data_offsets\":[0,28]}}    | bytes that belong to no tensor",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[7],\"data_offsets\":[4,32]}}    | after a gap",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[5],\"data_offsets\":[0,20]},\"b\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[16,32]}} | inside the tensor before it",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[0,32]},\"b\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[0,32]}} | inside the tensor before it"
            })
    void damageIsNamed(String header, String message) throws IOException {
        SafetensorsBytes.write(file, header, 32);
        refused(message);
    }

    @Test
    void namesAreShownWithoutControlCharactersAndCut() throws IOException {
        String name = "x\\u001b[31m\\n" + "y".repeat(5000);
        SafetensorsBytes.write(file, "{\"" + name + "\":{\"dtype\":\"F5\",\"shape\":[1],\"data_offsets\":[0,1]}}", 32);
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> SafetensorsFile.read(file))
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(600))
                .satisfies(e -> assertThat(e.getMessage().chars()).noneMatch(Character::isISOControl));
    }

    @Test
    void randomDamageNeverEscapesAsAnotherError() throws IOException {
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        tensors.put("one", new FloatTensor(List.of(3, 4), new float[12]));
        tensors.put("two", new FloatTensor(List.of(5), new float[5]));
        SafetensorsWriter.write(file, tensors);
        byte[] whole = Files.readAllBytes(file);
        SplittableRandom random = new SplittableRandom(3);
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            byte[] damaged = whole.clone();
            for (int hits = 1 + random.nextInt(4); hits > 0; hits--) {
                damaged[random.nextInt(whole.length - 17 * Float.BYTES)] = (byte) random.nextInt(256);
            }
            Files.write(file, damaged);
            try {
                SafetensorsFile.read(file)
                        .forEach((name, tensor) -> assertThat(tensor.offset() + tensor.length())
                                .isBetween((long) Long.BYTES, (long) whole.length));
            } catch (EngineException e) {
                assertThat(e.category()).isEqualTo(EngineException.Category.BAD_MODEL);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1500);
    }

    private void refused(String message) {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> SafetensorsFile.read(file))
                .withMessageContaining(file.toString())
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.category()).isEqualTo(EngineException.Category.BAD_MODEL));
    }
}
