package org.millrace.hdfs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.EventSerializer;
import org.millrace.api.part.PartContext;
import org.millrace.codec.EventReader;

/**
 * A serializer as a plug-in may bring one: it writes lines, and throws at the body {@code poison}, which it has not checked. It may be
 * broken altogether.
 */
public final class PickySerializerFactory implements ComponentFactory.OfSerializer {
    private static final AtomicBoolean THROWS = new AtomicBoolean();
    private static final byte[] POISON = "poison".getBytes(StandardCharsets.UTF_8);

    /** Where it throws whatever the event is. */
    enum Broken {
        NOWHERE,
        CHECK,
        APPEND,
        BEGIN;

        private void throwIf(Broken where) {
            if (this == where) {
                throw new IllegalStateException("broken in " + this);
            }
        }
    }

    static volatile Broken broken = Broken.NOWHERE;

    /** It throws at the next event, whatever it is, and not when that comes again. */
    static void throwOnce() {
        THROWS.set(true);
    }

    @Override
    public List<String> typeNames() {
        return List.of("picky");
    }

    @Override
    public String summary() {
        return "Writes bodies as lines, but not all";
    }

    @Override
    public EventSerializer create(PartContext context, Settings settings) {
        return new EventSerializer() {
            @Override
            public void check(EventReader event) {
                broken.throwIf(Broken.CHECK);
            }

            @Override
            public Serialization begin(OutputStream out) {
                if (broken == Broken.BEGIN) {
                    throw new NoClassDefFoundError("of a plug-in");
                }
                return new Lines(out);
            }
        };
    }

    private record Lines(OutputStream out) implements EventSerializer.Serialization {
        @Override
        public void append(EventReader event) throws IOException {
            broken.throwIf(Broken.APPEND);
            if (Arrays.equals(event.body(), POISON) || THROWS.getAndSet(false)) {
                throw new IllegalStateException("no poison please");
            }
            event.writeBodyTo(out);
            out.write('\n');
        }

        @Override
        public void endBatch() {
            // an event is written whole, at once
        }

        @Override
        public void discard() {
            // it holds nothing
        }
    }
}
