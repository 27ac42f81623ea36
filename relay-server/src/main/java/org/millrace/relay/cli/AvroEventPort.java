package org.millrace.relay.cli;

import com.codahale.metrics.MetricRegistry;
import java.io.Closeable;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.millrace.api.Inlet;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.codec.EventBatch;
import org.millrace.relay.source.avro.AvroSourceFactory;
import org.millrace.verify.EventPort;

/** The Avro source of agents, for {@code verify}: what comes in goes to nobody else. */
final class AvroEventPort implements EventPort {
    private static final String NAME = "verify";

    @Override
    public Closeable listen(String host, int port, Taker taker) throws IOException {
        Settings settings = new Settings(Map.of("bind", host, "port", Integer.toString(port)), new Refusal());
        SourceMetrics metrics = new SourceMetrics(NAME, new MetricRegistry());
        Source source = new AvroSourceFactory()
                .create(
                        new SourceContext(NAME, NAME, new TakerInlet(taker), metrics, InstantSource.system()),
                        settings);
        try {
            source.start();
        } catch (StartException e) {
            throw new IOException(e.getMessage(), e);
        }
        return source::close;
    }

    /** An inlet that has always room. */
    private record TakerInlet(Taker taker) implements Inlet {
        @Override
        public CompletableFuture<Void> submit(EventBatch batch) {
            put(batch);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void put(EventBatch batch) {
            try {
                taker.take(batch);
            } finally {
                batch.release();
            }
        }

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void onRoom(Runnable action) {
            action.run();
        }
    }

    /** The command has checked what it passes on. */
    private static final class Refusal implements Settings.Problems {
        @Override
        public void problem(String key, String message) {
            throw new IllegalArgumentException(key + ": " + message);
        }

        @Override
        public void note(String key, String message) {
            // nothing that an operator has set
        }
    }
}
