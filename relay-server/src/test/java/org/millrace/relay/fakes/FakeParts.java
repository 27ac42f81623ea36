package org.millrace.relay.fakes;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.relay.channel.memory.MemoryChannelFactory;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.route.HostInterceptorFactory;
import org.millrace.relay.route.ReplicatingSelectorFactory;
import org.millrace.relay.route.StaticInterceptorFactory;
import org.millrace.relay.route.TimestampInterceptorFactory;

/** A catalog of fake sources and sinks, around our own channel, selector and interceptors. */
public final class FakeParts {
    private FakeParts() {}

    public static ComponentCatalog catalog(Diary diary) {
        return new ComponentCatalog(
                List.of(new FakeSource.Factory("avro", diary), new FakeSource.Factory("spooldir", diary)),
                List.of(new NotingChannelFactory(diary)),
                List.of(new FakeSink.Factory("avro", diary), new FakeSink.Factory("hdfs", diary)),
                List.of(
                        new TimestampInterceptorFactory(),
                        new HostInterceptorFactory(),
                        new StaticInterceptorFactory()),
                List.of(new ReplicatingSelectorFactory()));
    }

    /** Our memory channel, with its start and end in the diary. */
    private record NotingChannelFactory(Diary diary) implements ComponentFactory.OfChannel {
        private static final MemoryChannelFactory REAL = new MemoryChannelFactory();

        @Override
        public List<String> typeNames() {
            return REAL.typeNames();
        }

        @Override
        public Channel create(ChannelContext context, Settings settings) {
            return new NotingChannel(REAL.create(context, settings), diary);
        }
    }

    private record NotingChannel(Channel real, Diary diary) implements Channel {
        @Override
        public void start() throws StartException {
            diary.note("start channel " + name());
            real.start();
        }

        @Override
        public void close() {
            diary.note("close channel " + name());
            real.close();
        }

        @Override
        public String name() {
            return real.name();
        }

        @Override
        public int transactionCapacity() {
            return real.transactionCapacity();
        }

        @Override
        public CompletableFuture<Void> submit(EventBatch batch) {
            return real.submit(batch);
        }

        @Override
        public boolean hasRoom() {
            return real.hasRoom();
        }

        @Override
        public void onRoom(Runnable action) {
            real.onRoom(action);
        }

        @Override
        public Transaction begin() {
            return real.begin();
        }

        @Override
        public byte @Nullable [] attached(String owner) {
            return null;
        }

        @Override
        public boolean awaitEvents(Duration timeout) throws InterruptedException {
            return real.awaitEvents(timeout);
        }
    }
}
