package org.millrace.relay;

import com.codahale.metrics.Gauge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.api.ChannelReader;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.relay.config.Assembly.ChannelPart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves the events of a channel to the one that takes its place. One thread. */
final class Handover {
    private static final Logger log = LoggerFactory.getLogger(Handover.class);

    /** Where the new one is full its sinks make room meanwhile. */
    private static final long PAUSE_MILLIS = 20;

    private final ChannelPart from;
    private final ChannelPart to;
    /** In events. */
    private long moved;

    Handover(ChannelPart from, ChannelPart to) {
        this.from = from;
        this.to = to;
    }

    /**
     * Moves all events, in their order. Nobody puts into the old channel any more, and nobody takes from it; but a sink that hangs may
     * still have some, and give them back. Of a channel of several readers, what one of them has not read is moved for each.
     *
     * @return null once the old one is empty; else why it is not by then: what could not be moved is still in it
     */
    @Nullable
    String runUntil(Deadline deadline) throws InterruptedException {
        String refusal = moveAll(deadline);
        if (refusal != null) {
            log.error("channel {}: {} events handed over, and {} are left: {}", from, moved, sizeOf(from), refusal);
        } else if (moved > 0) {
            log.info("channel {}: {} events handed over to the new one", from.name(), moved);
        }
        return refusal;
    }

    /**
     * Moves what there is room for, to stand before what the other channel has: for events that had been moved out of that one. Nobody else
     * puts into the other one, which is in memory, or takes from it. Where nothing could be moved, that one is as it was.
     */
    void toTheFront() throws InterruptedException {
        List<Held> rest = holdAll();
        try {
            String obstacle = moveAll(Deadline.in(Duration.ZERO));
            if (moved > 0) {
                log.info(
                        "channel {}: {} events are back{}",
                        to,
                        moved,
                        obstacle == null ? "" : ", and the others follow as there is room for them: " + obstacle);
            }
        } finally {
            putBehind(rest);
        }
    }

    /** Events that a transaction has taken. */
    private record Held(Transaction taking, EventBatch batch) {}

    private List<Held> holdAll() {
        List<Held> all = new ArrayList<>();
        while (true) {
            Transaction taking = to.channel().begin();
            EventBatch batch = taking.take(to.channel().transactionCapacity());
            if (batch == null) {
                taking.close();
                return all;
            }
            all.add(new Held(taking, batch));
        }
    }

    /**
     * Where they had room they have it again, so an interrupt must not come between. Once one finds none, the others stay where they are: a
     * transaction that is closed without a commit gives back what it took.
     */
    private void putBehind(List<Held> rest) {
        boolean interrupted = Thread.interrupted();
        boolean isMoving = moved > 0;
        for (Held held : rest) {
            try (Transaction taking = held.taking()) {
                isMoving = isMoving && putBehind(taking, held.batch());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean putBehind(Transaction taking, EventBatch batch) {
        try {
            taking.commit();
            to.channel().submit(batch.retain()).join();
            return true;
        } catch (InterruptedException | RuntimeException e) {
            log.error("channel {} does not take what it had, and {} events are lost", to, batch.events(), e);
            return false;
        }
    }

    private List<ChannelReader> readers() {
        Channel channel = from.channel();
        List<String> names = channel.readerNames();
        return names.isEmpty()
                ? List.of(channel)
                : names.stream().map(channel::reader).toList();
    }

    private @Nullable String moveAll(Deadline deadline) throws InterruptedException {
        String refusal = null;
        for (ChannelReader reader : readers()) {
            refusal = refusal == null ? moveAll(reader, deadline) : refusal;
        }
        return refusal;
    }

    private @Nullable String moveAll(ChannelReader reader, Deadline deadline) throws InterruptedException {
        while (true) {
            String obstacle;
            try {
                int events = moveOne(reader);
                moved += events;
                long left = from.channel().eventsInMemory();
                if (events == 0 && left == 0) {
                    return null;
                }
                obstacle = events > 0 ? null : left + " of its events are with a sink that does not come to an end";
            } catch (ChannelFullException e) {
                obstacle = String.valueOf(e.getMessage());
            } catch (ChannelException e) {
                return String.valueOf(e.getMessage());
            }
            if (obstacle != null) {
                if (deadline.isOver()) {
                    return obstacle;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** A batch that is too large for the new one is cut: what it takes at once, it may count in bytes. */
    private int moveOne(ChannelReader reader) throws InterruptedException {
        int most = Math.min(from.channel().transactionCapacity(), to.channel().transactionCapacity());
        while (true) {
            int tried = 0;
            try (Transaction taking = reader.begin()) {
                EventBatch batch = taking.take(most);
                if (batch == null) {
                    return 0;
                }
                tried = batch.events();
                put(batch.retain());
                taking.commit();
                return tried;
            } catch (ChannelFullException e) {
                throw e;
            } catch (ChannelException e) {
                if (tried <= 1) {
                    throw e;
                }
                most = tried / 2;
            }
        }
    }

    /** Takes the batch over. */
    private void put(EventBatch batch) throws InterruptedException {
        try (Transaction putting = to.channel().begin()) {
            putting.put(batch);
            putting.commit();
        }
    }

    /**
     * How many events would be lost if the channel were closed now. One in memory that cannot tell, such as a plug-in's, is believed its
     * figures.
     */
    static long lostWith(ChannelPart channel) {
        long inMemory = channel.channel().eventsInMemory();
        if (inMemory > 0 || channel.channel().ownsDirectories()) {
            return inMemory;
        }
        Gauge<?> size = channel.metrics().flumeAttributes().get("ChannelSize");
        return size != null && size.getValue() instanceof Long events ? events : 0;
    }

    /** How many events a channel holds, by its own figures. */
    static String sizeOf(ChannelPart channel) {
        var size = channel.metrics().flumeAttributes().get("ChannelSize");
        return size == null ? "unknown number of" : Objects.toString(size.getValue());
    }
}
