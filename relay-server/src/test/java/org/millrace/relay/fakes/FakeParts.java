package org.millrace.relay.fakes;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelReader;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.durable.FileChannelFactory;
import org.millrace.relay.channel.memory.MemoryChannelFactory;
import org.millrace.relay.channel.spill.SpillableChannelFactory;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.route.HostInterceptorFactory;
import org.millrace.relay.route.ReplicatingSelectorFactory;
import org.millrace.relay.route.StaticInterceptorFactory;
import org.millrace.relay.route.TimestampInterceptorFactory;
import org.millrace.relay.sink.group.DefaultProcessorFactory;
import org.millrace.relay.sink.group.FailoverProcessorFactory;
import org.millrace.relay.sink.group.LoadBalanceProcessorFactory;

/** A catalog of fake sources and sinks, around our own channel, selector and interceptors. */
public final class FakeParts {
    private FakeParts() {}

    public static ComponentCatalog catalog(Diary diary) {
        return catalog(diary, List.of(new NotingChannelFactory(diary)));
    }

    /**
     * With a second type of channel, {@code kept}: it says that it is durable, and has {@code readers}. And with our channel that spills,
     * and our file channel.
     */
    public static ComponentCatalog catalogWithKept(Diary diary) {
        return catalog(
                diary,
                List.of(
                        new NotingChannelFactory(diary),
                        new KeptChannelFactory(diary),
                        new NotingChannelFactory(new SpillableChannelFactory(), diary),
                        new NotingChannelFactory(new FileChannelFactory(), diary)));
    }

    private static ComponentCatalog catalog(Diary diary, List<ComponentFactory.OfChannel> channels) {
        return new ComponentCatalog(
                List.of(new FakeSource.Factory("avro", diary), new FakeSource.Factory("spooldir", diary)),
                channels,
                List.of(new FakeSink.Factory("avro", diary), new FakeSink.Factory("hdfs", diary)),
                List.of(
                        new TimestampInterceptorFactory(),
                        new HostInterceptorFactory(),
                        new StaticInterceptorFactory()),
                List.of(new ReplicatingSelectorFactory()),
                List.of(
                        new DefaultProcessorFactory(),
                        new FailoverProcessorFactory(),
                        new LoadBalanceProcessorFactory()));
    }

    /** A channel of ours, with its start and end in the diary. */
    private record NotingChannelFactory(ComponentFactory.OfChannel real, Diary diary)
            implements ComponentFactory.OfChannel {
        private static final MemoryChannelFactory MEMORY = new MemoryChannelFactory();

        NotingChannelFactory(Diary diary) {
            this(MEMORY, diary);
        }

        @Override
        public List<String> typeNames() {
            return real.typeNames();
        }

        @Override
        public Channel create(ChannelContext context, Settings settings) {
            Channel made = real.create(context, settings);
            return new NotingChannel(context.name(), made, made.isDurable(), List.of(), diary);
        }
    }

    private record KeptChannelFactory(Diary diary) implements ComponentFactory.OfChannel {
        @Override
        public List<String> typeNames() {
            return List.of("kept");
        }

        @Override
        public Channel create(ChannelContext context, Settings settings) {
            List<String> readers = settings.words("readers").orElse(List.of());
            Channel real = NotingChannelFactory.MEMORY.create(context, settings);
            return new NotingChannel(real.name(), real, true, readers, diary);
        }
    }

    private record NotingChannel(String name, Channel real, boolean isDurable, List<String> readerNames, Diary diary)
            implements Channel {
        @Override
        public ChannelReader reader(String reader) {
            return new NotingChannel(name + "/" + reader, real, isDurable, List.of(), diary);
        }

        @Override
        public boolean ownsDirectories() {
            return isDurable || real.ownsDirectories();
        }

        @Override
        public long eventsInMemory() {
            return isDurable ? 0 : real.eventsInMemory();
        }

        @Override
        public void start() throws StartException {
            diary.note("start channel " + name());
            diary.checkStart(name());
            real.start();
        }

        @Override
        public void close() {
            diary.note("close channel " + name());
            real.close();
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
        public @Nullable String neverFits(EventBatch batch) {
            return real.neverFits(batch);
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
