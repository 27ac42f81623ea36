package org.millrace.serializer;

import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventReader;

/**
 * Whether a body is one datum of a schema, and nothing else: a single one that is not makes all data behind it in its file unreadable.
 * Walks over the bytes (Avro 1.12 specification, "Binary Encoding") without decoding them; lengths are believed only as far as there
 * are bytes, and a datum that goes on without any has an end too. One thread, one use.
 */
public final class DatumCheck {
    /** A schema may contain itself. */
    private static final int DEEPEST = 500;

    /** Values that take no bytes, such as nulls in an array. */
    private static final int MOST_VALUES_WITHOUT_BYTES = 100_000;

    private final byte[] array;
    private final int end;
    private int position;
    private int depth;
    private long valuesLeft;

    private DatumCheck(EventReader event) {
        this.array = event.array();
        this.position = event.bodyOffset();
        this.end = position + event.bodyLength();
        this.valuesLeft = MOST_VALUES_WITHOUT_BYTES + (long) event.bodyLength();
    }

    /** What is wrong with the body; null if nothing is. */
    public static @Nullable String flaw(Schema schema, EventReader event) {
        DatumCheck check = new DatumCheck(event);
        try {
            check.skip(schema);
        } catch (NoDatum e) {
            return e.getMessage();
        }
        int left = check.end - check.position;
        return left == 0 ? null : "it ends " + left + " bytes before the body does";
    }

    private static final class NoDatum extends Exception {
        private static final long serialVersionUID = 1;

        NoDatum(String message) {
            super(message, null, false, false);
        }
    }

    private void skip(Schema schema) throws NoDatum {
        if (--valuesLeft < 0 || ++depth > DEEPEST) {
            throw new NoDatum("it has too many values, or too many in each other");
        }
        switch (schema.getType()) {
            case NULL -> {}
            case BOOLEAN -> bytes(1);
            case INT -> intNumber();
            case LONG -> number();
            case FLOAT -> bytes(Float.BYTES);
            case DOUBLE -> bytes(Double.BYTES);
            case BYTES, STRING -> bytes(number());
            case FIXED -> bytes(schema.getFixedSize());
            case ENUM -> index(schema.getEnumSymbols());
            case UNION -> skip(schema.getTypes().get(index(schema.getTypes())));
            case RECORD -> {
                for (Schema.Field field : schema.getFields()) {
                    skip(field.schema());
                }
            }
            case ARRAY -> blocks(null, schema.getElementType());
            case MAP -> blocks(Schema.Type.STRING, schema.getValueType());
        }
        depth--;
    }

    private void blocks(Schema.@Nullable Type key, Schema value) throws NoDatum {
        for (long count; (count = number()) != 0; ) {
            long blockBytes = count < 0 ? number() : -1;
            int start = position;
            for (long i = Math.abs(count); i != 0; i--) {
                if (key != null) {
                    bytes(number());
                }
                skip(value);
            }
            if (count < 0 && position - start != blockBytes) { // who does not need the values goes by that
                throw new NoDatum("a block of " + (position - start) + " bytes that says " + blockBytes);
            }
        }
    }

    private int index(List<?> choices) throws NoDatum {
        int index = intNumber();
        if (index < 0 || index >= choices.size()) {
            throw new NoDatum("choice " + index + " of " + choices.size());
        }
        return index;
    }

    private void bytes(long count) throws NoDatum {
        if (count < 0 || count > end - position) {
            throw new NoDatum("the body ends within it");
        }
        position += (int) count;
    }

    private int intNumber() throws NoDatum {
        long number = number(Integer.SIZE);
        if (number != (int) number) {
            throw new NoDatum("an int of " + number);
        }
        return (int) number;
    }

    private long number() throws NoDatum {
        return number(Long.SIZE);
    }

    /** Readers take seven bits a byte, and no byte more than such a number needs, be they zeros. */
    private long number(int bits) throws NoDatum {
        long zigzag = 0;
        for (int shift = 0; shift < bits; shift += 7) {
            bytes(1);
            byte b = array[position - 1];
            zigzag |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return (zigzag >>> 1) ^ -(zigzag & 1);
            }
        }
        throw new NoDatum("a number of " + bits + " bits with more than " + (bits + 6) / 7 + " bytes");
    }
}
