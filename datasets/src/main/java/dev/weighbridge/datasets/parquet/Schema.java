package dev.weighbridge.datasets.parquet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * The schema of a file's rows.
 *
 * @param message as the library needs it, without what values mean
 * @param fields of a row, with what values mean
 */
record Schema(MessageType message, List<Field> fields) {
    private static final int DEEPEST = 30;
    private static final int MOST_COLUMNS = 10_000;

    /** What a field with others below it is. */
    enum Kind {
        STRUCT,
        LIST,
        MAP
    }

    /**
     * A field.
     *
     * @param repeated whether it stands several times by itself
     * @param kind of a group
     * @param children below it; none for a column
     * @param leaf what a column's values are; {@code null} for a group
     */
    record Field(
            String name,
            boolean repeated,
            Kind kind,
            List<Field> children,
            @Nullable Leaf leaf) {}

    /**
     * The values of a column.
     *
     * @param type as which they are stored
     * @param decoder of what they mean
     */
    record Leaf(PrimitiveTypeName type, Decoder decoder) {}

    /**
     * Makes the tree of the list that a footer holds, which has each group before its children.
     *
     * @throws IOException when the list is no tree, or is deeper or larger than is read
     */
    static Schema of(List<SchemaElement> elements) throws IOException {
        if (elements.isEmpty() || elements.size() > MOST_COLUMNS) {
            throw new IOException(
                    "its schema has " + elements.size() + " elements; from 1 to " + MOST_COLUMNS + " are read");
        }
        Reader reader = new Reader(elements);
        List<Type> types = new ArrayList<>();
        List<Field> fields = new ArrayList<>();
        int count = elements.get(0).getNum_children();
        for (int i = 0; i < count; i++) {
            reader.next(1, types, fields);
        }
        if (reader.index != elements.size() || types.isEmpty()) {
            throw new IOException(
                    "its schema has " + elements.size() + " elements, of which " + reader.index + " are in the tree");
        }
        return new Schema(new MessageType("row", types), List.copyOf(fields));
    }

    /** Goes through the list once. */
    private static final class Reader {
        private final List<SchemaElement> elements;
        private int index = 1;

        Reader(List<SchemaElement> elements) {
            this.elements = elements;
        }

        void next(int depth, List<Type> types, List<Field> fields) throws IOException {
            if (index >= elements.size() || depth > DEEPEST) {
                throw new IOException("its schema is cut or nested deeper than " + DEEPEST);
            }
            SchemaElement element = elements.get(index++);
            FieldRepetitionType repetition = element.getRepetition_type();
            String name = element.getName();
            if (repetition == null || name == null) {
                throw new IOException("a field of its schema has no name or repetition");
            }
            Type.Repetition own = Type.Repetition.valueOf(repetition.name());
            boolean repeated = repetition == FieldRepetitionType.REPEATED;
            if (element.isSetType()) {
                if (element.getType() == null) {
                    throw new IOException("column " + name + " is of an unknown type");
                }
                PrimitiveTypeName type = PrimitiveTypeName.valueOf(
                        element.getType() == org.apache.parquet.format.Type.BYTE_ARRAY
                                ? "BINARY"
                                : element.getType().name());
                types.add(new PrimitiveType(own, type, element.getType_length(), name));
                fields.add(new Field(name, repeated, Kind.STRUCT, List.of(), new Leaf(type, Decoder.of(element))));
                return;
            }
            List<Type> childTypes = new ArrayList<>();
            List<Field> children = new ArrayList<>();
            for (int i = 0; i < element.getNum_children(); i++) {
                next(depth + 1, childTypes, children);
            }
            if (children.isEmpty()) {
                throw new IOException("field " + name + " of its schema is a group of nothing");
            }
            types.add(new GroupType(own, name, childTypes));
            fields.add(new Field(name, repeated, kind(element, children), List.copyOf(children), null));
        }

        private static Kind kind(SchemaElement element, List<Field> children) {
            boolean logical = element.isSetLogicalType() && element.getLogicalType() != null;
            ConvertedType converted = element.getConverted_type();
            boolean oneRepeated = children.size() == 1 && children.get(0).repeated();
            if (oneRepeated
                    && (converted == ConvertedType.LIST
                            || (logical && element.getLogicalType().isSetLIST()))) {
                return Kind.LIST;
            }
            boolean map = converted == ConvertedType.MAP
                    || converted == ConvertedType.MAP_KEY_VALUE
                    || (logical && element.getLogicalType().isSetMAP());
            boolean pairs = oneRepeated && children.get(0).children().size() == 2;
            return map && pairs ? Kind.MAP : Kind.STRUCT;
        }
    }
}
