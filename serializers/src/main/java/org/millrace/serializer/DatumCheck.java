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
    /**
     * Records, arrays and maps in each other: a schema may contain itself. With the stack that a thread has by default, Avro's own reader
     * comes to between 2,000 and 3,000.
     */
    private static final int DEEPEST = 1000;

    /** Values that have no byte of their own, such as records, and nulls in an array; and so many more for each byte of the body. */
    private static final int MOST_BARE_VALUES = 100_000;

    private static final int BARE_VALUES_A_BYTE = 16;

    private final byte[] array;
    private final int end;
    private int position;
    private int depth;
    private long bareValuesLeft;

    private DatumCheck(EventReader event) {
        this.array = event.array();
        this.position = event.bodyOffset();
        this.end = position + event.bodyLength();
        this.bareValuesLeft = MOST_BARE_VALUES + (long) BARE_VALUES_A_BYTE * event.bodyLength();
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
        switch (schema.getType()) {
            case NULL -> countBare();
            case BOOLEAN -> bytes(1);
            case INT -> intNumber();
            case LONG -> number();
            case FLOAT -> bytes(Float.BYTES);
            case DOUBLE -> bytes(Double.BYTES);
            case BYTES, STRING -> bytes(number());
            case FIXED -> {
                countBare(); // its size may be 0
                bytes(schema.getFixedSize());
            }
            case ENUM -> index(schema.getEnumSymbols());
            case UNION -> {
                Schema branch = schema.getTypes().get(index(schema.getTypes()));
                if (branch.getType() != Schema.Type.NULL) {
                    skip(branch);
                }
            }
            case RECORD -> {
                countBare();
                enter();
                for (Schema.Field field : schema.getFields()) {
                    skip(field.schema());
                }
                depth--;
            }
            case ARRAY -> blocks(null, schema.getElementType());
            case MAP -> blocks(Schema.Type.STRING, schema.getValueType());
        }
    }

    /** A few lines of schema, of records that have the next one twice, are more values than anybody can count, all without a byte. */
    private void countBare() throws NoDatum {
        if (--bareValuesLeft < 0) {
            throw new NoDatum("it has too many values without bytes of their own (expected: at most " + MOST_BARE_VALUES
                    + ", and " + BARE_VALUES_A_BYTE + " for each byte of the body)");
        }
    }

    private void enter() throws NoDatum {
        if (++depth > DEEPEST) {
            throw new NoDatum("it has more than " + DEEPEST + " records, arrays and maps in each other");
        }
    }

    private void blocks(Schema.@Nullable Type key, Schema value) throws NoDatum {
        enter();
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
        depth--;
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
