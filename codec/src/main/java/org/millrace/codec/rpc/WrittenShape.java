package org.millrace.codec.rpc;

import org.apache.avro.Schema;
import org.millrace.codec.MalformedException;
import org.millrace.codec.WireReader;

/**
 * Checks that bytes are what a schema says, without making anything of them. Avro's own decoder believes lengths and counts before
 * it has seen their bytes; it may read what was checked here.
 */
final class WrittenShape {
    /** Nested types and values deeper than this are no log events. */
    private static final int MAX_DEPTH = 100;

    private WrittenShape() {}

    /** @throws MalformedException where the bytes end early, or lie about a length, a count or an index */
    static void check(WireReader in, Schema schema) {
        check(in, schema, 0);
    }

    private static void check(WireReader in, Schema schema, int depth) {
        if (depth > MAX_DEPTH) {
            throw new MalformedException("nested values: more than " + MAX_DEPTH);
        }
        String what = schema.getType().getName();
        switch (schema.getType()) {
            case NULL -> {}
            case BOOLEAN -> in.skipFixed(what, 1);
            case INT, LONG -> in.readLong(what);
            case FLOAT -> in.skipFixed(what, Float.BYTES);
            case DOUBLE -> in.skipFixed(what, Double.BYTES);
            case FIXED -> in.skipFixed(what, schema.getFixedSize());
            case STRING, BYTES -> in.skip(in.readLength(what));
            case ENUM -> in.readIndex(what, schema.getEnumSymbols().size());
            case UNION -> {
                int branch = in.readIndex(what, schema.getTypes().size());
                check(in, schema.getTypes().get(branch), depth + 1);
            }
            case RECORD -> schema.getFields().forEach(field -> check(in, field.schema(), depth + 1));
            case ARRAY -> checkBlocks(in, what, depth, schema.getElementType(), false);
            case MAP -> checkBlocks(in, what, depth, schema.getValueType(), true);
        }
    }

    private static void checkBlocks(WireReader in, String what, int depth, Schema item, boolean hasKeys) {
        int items;
        while ((items = in.readBlockCount(what)) != 0) {
            int blockStart = in.position();
            int blockEnd = in.blockEnd();
            for (int i = 0; i < items; i++) {
                if (hasKeys) {
                    in.skip(in.readLength("key"));
                }
                check(in, item, depth + 1);
                if (in.position() == blockStart) { // else a few bytes could ask for any amount of work
                    throw new MalformedException(what + " of " + item.getName() + ": items without bytes");
                }
            }
            in.checkBlockEnd(what, blockEnd);
        }
    }
}
