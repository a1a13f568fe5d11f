package dev.weighbridge.datasets.parquet;

import dev.weighbridge.datasets.parquet.Schema.Field;
import dev.weighbridge.datasets.parquet.Schema.Leaf;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.jspecify.annotations.Nullable;

/** Puts rows together: maps, lists and values as in JSON. */
final class Values extends RecordMaterializer<Map<String, @Nullable Object>> {
    private final Memory memory;
    private final Struct root;
    private Map<String, @Nullable Object> row = Map.of();

    @SuppressWarnings("unchecked")
    Values(Schema schema, Memory memory) {
        this.memory = memory;
        root = new Struct(schema.fields(), value -> row = (Map<String, @Nullable Object>) value);
    }

    @Override
    public Map<String, @Nullable Object> getCurrentRecord() {
        return row;
    }

    @Override
    public GroupConverter getRootConverter() {
        return root;
    }

    private Converter converter(Field field, Consumer<@Nullable Object> target) {
        Leaf leaf = field.leaf();
        if (leaf != null) {
            return new Column(leaf, target);
        }
        return switch (field.kind()) {
            case STRUCT -> new Struct(field.children(), target);
            case LIST -> new Several(field, target);
            case MAP -> new Pairs(field.children().get(0).children(), target);
        };
    }

    /** A column's values. */
    private final class Column extends PrimitiveConverter {
        private final Leaf leaf;
        private final Consumer<@Nullable Object> target;
        private @Nullable Dictionary dictionary;
        private @Nullable Object[] decoded = {};

        Column(Leaf leaf, Consumer<@Nullable Object> target) {
            this.leaf = leaf;
            this.target = target;
        }

        @Override
        public boolean hasDictionarySupport() {
            return true;
        }

        @Override
        public void setDictionary(Dictionary dictionary) {
            this.dictionary = dictionary;
            decoded = new Object[dictionary.getMaxId() + 1];
        }

        @Override
        public void addValueFromDictionary(int id) {
            Object value = decoded[id];
            if (value == null) {
                // Once for all rows, which share it.
                value = leaf.decoder().value(stored(Objects.requireNonNull(dictionary), id));
                decoded[id] = value;
            }
            memory.take(0);
            target.accept(value);
        }

        private Object stored(Dictionary own, int id) {
            return switch (leaf.type()) {
                case BOOLEAN -> own.decodeToBoolean(id);
                case INT32 -> own.decodeToInt(id);
                case INT64 -> own.decodeToLong(id);
                case FLOAT -> own.decodeToFloat(id);
                case DOUBLE -> own.decodeToDouble(id);
                case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 -> own.decodeToBinary(id);
            };
        }

        private void add(Object stored, int size) {
            memory.take(size);
            target.accept(leaf.decoder().value(stored));
        }

        @Override
        public void addBinary(Binary value) {
            add(value, 2 * value.length());
        }

        @Override
        public void addBoolean(boolean value) {
            add(value, 0);
        }

        @Override
        public void addDouble(double value) {
            add(value, 0);
        }

        @Override
        public void addFloat(float value) {
            add(value, 0);
        }

        @Override
        public void addInt(int value) {
            add(value, 0);
        }

        @Override
        public void addLong(long value) {
            add(value, 0);
        }
    }

    /** Fields by name; those that are not there are null, and those that stand several times by themselves are lists. */
    private final class Struct extends GroupConverter {
        private final List<Field> fields;
        private final List<Converter> converters = new ArrayList<>();
        private final Consumer<@Nullable Object> target;
        private Map<String, @Nullable Object> values = new LinkedHashMap<>();

        Struct(List<Field> fields, Consumer<@Nullable Object> target) {
            this.fields = fields;
            this.target = target;
            for (Field field : fields) {
                converters.add(converter(field, value -> put(field, value)));
            }
        }

        @SuppressWarnings("unchecked")
        private void put(Field field, @Nullable Object value) {
            if (field.repeated()) {
                ((List<@Nullable Object>) Objects.requireNonNull(values.get(field.name()))).add(value);
            } else {
                values.put(field.name(), value);
            }
        }

        @Override
        public Converter getConverter(int index) {
            return converters.get(index);
        }

        @Override
        public void start() {
            values = new LinkedHashMap<>();
            for (Field field : fields) {
                memory.take(0);
                values.put(field.name(), field.repeated() ? new ArrayList<>() : null);
            }
        }

        @Override
        public void end() {
            target.accept(values);
        }
    }

    /**
     * A list. Its elements are what stands several times, or in today's form the one field below that (Parquet format,
     * "Lists", with the rules for what older writers wrote).
     */
    private final class Several extends GroupConverter {
        private final Converter converter;
        private final Consumer<@Nullable Object> target;
        private List<@Nullable Object> values = new ArrayList<>();

        Several(Field field, Consumer<@Nullable Object> target) {
            this.target = target;
            Field repeated = field.children().get(0);
            List<Field> below = repeated.children();
            boolean itself = below.size() != 1
                    || below.get(0).repeated()
                    || repeated.name().equals("array")
                    || repeated.name().equals(field.name() + "_tuple");
            converter =
                    itself ? converter(repeated, value -> values.add(value)) : new Element(below.get(0), this::element);
        }

        private void element(@Nullable Object value) {
            values.add(value);
        }

        @Override
        public Converter getConverter(int index) {
            return converter;
        }

        @Override
        public void start() {
            memory.take(0);
            values = new ArrayList<>();
        }

        @Override
        public void end() {
            target.accept(values);
        }
    }

    /** The group around one element, without which there would be no null among them. */
    private final class Element extends GroupConverter {
        private final Converter converter;
        private final Consumer<@Nullable Object> target;
        private @Nullable Object value;

        Element(Field field, Consumer<@Nullable Object> target) {
            this.target = target;
            converter = converter(field, own -> value = own);
        }

        @Override
        public Converter getConverter(int index) {
            return converter;
        }

        @Override
        public void start() {
            memory.take(0);
            value = null;
        }

        @Override
        public void end() {
            target.accept(value);
        }
    }

    /** A map, its keys as text. */
    private final class Pairs extends GroupConverter {
        private final Struct pair;
        private final Consumer<@Nullable Object> target;
        private Map<String, @Nullable Object> values = new LinkedHashMap<>();

        Pairs(List<Field> fields, Consumer<@Nullable Object> target) {
            this.target = target;
            pair = new Struct(fields, this::put);
        }

        private void put(@Nullable Object made) {
            Iterator<?> keyAndValue =
                    ((Map<?, ?>) Objects.requireNonNull(made)).values().iterator();
            values.put(String.valueOf(keyAndValue.next()), keyAndValue.next());
        }

        @Override
        public Converter getConverter(int index) {
            return pair;
        }

        @Override
        public void start() {
            memory.take(0);
            values = new LinkedHashMap<>();
        }

        @Override
        public void end() {
            target.accept(values);
        }
    }
}
