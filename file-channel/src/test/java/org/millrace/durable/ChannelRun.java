package org.millrace.durable;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.ChannelReader;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.api.support.EventCapacity;
import org.millrace.api.support.LockedException;
import org.millrace.codec.EventBatch;
import org.millrace.durable.ChannelStep.Commit;
import org.millrace.durable.ChannelStep.Crash;
import org.millrace.durable.ChannelStep.Fail;
import org.millrace.durable.ChannelStep.HandOver;
import org.millrace.durable.ChannelStep.Heal;
import org.millrace.durable.ChannelStep.KeepAliveEnds;
import org.millrace.durable.ChannelStep.Put;
import org.millrace.durable.ChannelStep.Restart;
import org.millrace.durable.ChannelStep.Rollback;
import org.millrace.durable.ChannelStep.Take;
import org.millrace.durable.ChannelStep.Work;
import org.millrace.durable.log.Durability;
import org.millrace.durable.log.Log;
import org.millrace.durable.log.LogSettings;
import org.millrace.durable.log.RecordReader;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.FakeTimer;
import org.millrace.testkit.ReleaseCheck;

/**
 * Runs steps on a channel over the real log and a simulated disk, beside a model of it, and fails where the two differ. In the end the
 * disk is well; everything that was acked is taken, in order, and the channel is empty.
 */
final class ChannelRun {
    private static final int CAPACITY = 120;
    private static final int SEGMENT_BYTES = 64 << 10;
    private static final String OWNER = "sink";
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(3);

    private final SimulatedDisks disks;
    private final SimulatedStorage disk;
    private final List<String> names;
    private final long cacheBytes;
    private final FakeClock clock = new FakeClock();
    private final ReleaseCheck releases = new ReleaseCheck();
    private final ChannelModel model;
    private final Map<String, Transaction> transactions = new TreeMap<>();
    /** Numbers of events on their way, or that failed and nothing has been written since. */
    private final List<Integer> unanswered = new ArrayList<>();

    private FakeTimer timer = new FakeTimer();
    private @Nullable DurableChannel channel;
    private @Nullable SteppedLog log;
    private int nextNumber;
    /** Something has failed since the channel was opened. */
    private boolean mayRefuse;
    /** Found where nobody would hear of it. */
    private @Nullable AssertionError mistake;

    private ChannelRun(long seed) {
        this.disks = new SimulatedDisks(seed);
        this.disk = disks.add("disk", 1L << 40);
        this.names = seed % 3 == 0 ? List.of("a", "b") : List.of(DurableChannel.ONLY_READER);
        this.cacheBytes = seed % 4 == 0 ? 0 : seed % 4 == 1 ? 4000 : 1 << 20;
        this.model = new ChannelModel(names);
    }

    /** Throws an {@link AssertionError}, or whatever the channel throws, if anything is wrong. */
    static void run(long seed, List<ChannelStep> steps) throws Exception {
        ChannelRun run = new ChannelRun(seed);
        try {
            run.open();
            for (ChannelStep step : steps) {
                run.step(step);
                if (run.disks.isOff()) {
                    run.crashed();
                }
                if (run.mistake != null) {
                    throw run.mistake;
                }
            }
            run.endWell();
        } finally {
            run.abandon();
        }
        run.releases.assertAllReleased();
    }

    private void step(ChannelStep step) throws Exception {
        if (step instanceof Put put) {
            put(put.events());
        } else if (step instanceof Work work) {
            for (int left = work.turns(); left > 0 && log().work(); left--) {
                // goes on
            }
        } else if (step instanceof Take take) {
            take(name(take.reader()), take.transaction(), take.events());
        } else if (step instanceof HandOver move) {
            handOver(name(move.reader()), move);
        } else if (step instanceof Commit commit) {
            commit(name(commit.reader()), commit.transaction(), commit.isDurable(), commit.state());
        } else if (step instanceof Rollback rollback) {
            rollback(name(rollback.reader()), rollback.transaction());
        } else if (step instanceof KeepAliveEnds) {
            timer.advance(KEEP_ALIVE);
        } else if (step instanceof Fail failure) {
            mayRefuse = true;
            disks.failNth(failure.operation(), failure.nth(), failure.isForEver());
        } else if (step instanceof Heal) {
            disks.heal();
            clock.advance(Duration.ofHours(1));
        } else if (step instanceof Crash crash) {
            if (crash.isPowerLost()) {
                disks.cutPowerAt(crash.nth());
            } else {
                disks.killAt(crash.nth());
            }
        } else if (step instanceof Restart) {
            restart();
        }
    }

    private void put(int events) {
        int first = nextNumber;
        nextNumber += events;
        List<Integer> numbers = IntStream.range(first, nextNumber).boxed().toList();
        unanswered.addAll(numbers);
        channel().submit(releases.watch(Batches.numbered(first, events))).whenComplete((safe, failure) -> {
            if (disks.isOff()) {
                return; // nobody hears it
            }
            if (failure == null) {
                unanswered.removeIf(number -> isAnswered(numbers, number));
                model.acked(numbers);
            } else if (failure instanceof ChannelFullException) {
                unanswered.removeAll(numbers);
            } else if (!mayRefuse && channel != null) {
                mistake = new AssertionError("refused though nothing is wrong: " + numbers, failure);
            }
        });
    }

    /** What is acked is behind all that has failed before: that is not there, then. */
    private static boolean isAnswered(List<Integer> acked, int number) {
        return number <= acked.get(acked.size() - 1);
    }

    private void take(String name, int number, int events) {
        Transaction transaction = transactions.computeIfAbsent(
                name + number, begun -> reader(name).begin());
        EventBatch batch;
        try {
            batch = transaction.take(events);
        } catch (ChannelException e) {
            if (!mayRefuse && !disks.isOff()) {
                throw e;
            }
            return;
        }
        if (batch != null) {
            assertThat(batch.events()).isBetween(1, events);
            model.took(name, number, Batches.numbers(batch));
        } else if (!disks.isOff()) {
            assertThat(model.available(name)).as("given nothing").isEmpty();
        }
    }

    private void handOver(String name, HandOver move) {
        Transaction from = transactions.get(name + move.from());
        List<@Nullable Long> has = model.inTransaction(name, move.from());
        int end = move.first() + move.events();
        boolean isThere = end <= has.size() && !has.subList(move.first(), end).contains(null);
        if (from == null || move.from() == move.to() || !isThere) {
            return;
        }
        Transaction to = transactions.computeIfAbsent(
                name + move.to(), begun -> reader(name).begin());
        from.handOver(move.first(), move.events(), to);
        model.handedOver(name, move.from(), move.to(), move.first(), move.events());
    }

    private void commit(String name, int number, boolean isDurable, int state) throws InterruptedException {
        Transaction transaction = transactions.get(name + number);
        if (transaction == null) {
            return;
        }
        if (state != ChannelModel.NO_STATE) {
            transaction.attach(
                    OWNER, ByteBuffer.allocate(Integer.BYTES).putInt(state).array());
        }
        boolean hasFailed = false;
        try {
            if (isDurable) {
                transaction.commitDurably();
            } else {
                transaction.commit();
            }
        } catch (ChannelException e) {
            if (!isDurable || (!mayRefuse && !disks.isOff())) {
                throw e;
            }
            hasFailed = true;
        }
        if (hasFailed) {
            model.commitFailed(name, number, state);
        } else {
            model.committed(name, number, isDurable, state);
        }
        transaction.close();
        transactions.remove(name + number);
        if (!disks.isOff()) {
            assertThat(stateOf(name)).as("attached").isEqualTo(model.state(name));
        }
    }

    private void rollback(String name, int number) {
        Transaction transaction = transactions.remove(name + number);
        if (transaction != null) {
            transaction.close();
            model.rolledBack(name, number);
        }
    }

    private int stateOf(String name) {
        byte[] state = reader(name).attached(OWNER);
        return state == null ? ChannelModel.NO_STATE : ByteBuffer.wrap(state).getInt();
    }

    private void restart() throws Exception {
        boolean isWell = !mayRefuse;
        abandon();
        if (isWell && !disks.isOff()) {
            model.closedWell();
        } else {
            disks.cutPower();
            disks.restart();
        }
        open();
    }

    /** Whoever had something of the channel has it still, and gives it back in the end. */
    private void abandon() {
        DurableChannel closing = channel;
        channel = null;
        if (closing != null) {
            closing.close();
        }
        transactions.values().forEach(Transaction::close);
        transactions.clear();
        timer = new FakeTimer();
    }

    private void crashed() throws Exception {
        disks.cutPower();
        abandon();
        disks.restart();
        open();
    }

    private void open() throws Exception {
        while (channel == null) {
            DurableChannel opened = create();
            try {
                opened.start();
                channel = opened;
                mayRefuse = false;
                check();
            } catch (StartException | IOException e) {
                if (!disks.isOff()) {
                    throw e;
                }
            }
            if (disks.isOff()) {
                abandon();
                disks.restart();
            }
        }
    }

    private DurableChannel create() {
        ChannelLimits limits = new ChannelLimits(
                new EventCapacity(CAPACITY, CAPACITY, KEEP_ALIVE),
                Long.MAX_VALUE,
                SEGMENT_BYTES,
                0,
                1 << 20,
                1 << 20,
                cacheBytes);
        boolean hasNames = names.size() > 1;
        return new DurableChannel(
                new ChannelContext("a1", "c1", new ChannelMetrics("c1", new MetricRegistry()), clock),
                limits,
                hasNames ? names : List.of(),
                false,
                this::openLog,
                timer);
    }

    private Log openLog() throws StartException {
        try {
            LogSettings settings = new LogSettings(
                    "c1",
                    Durability.ALWAYS,
                    Duration.ofSeconds(1),
                    SEGMENT_BYTES,
                    4096,
                    8192,
                    0,
                    Duration.ZERO,
                    Duration.ZERO,
                    null);
            log = new SteppedLog(settings, List.of(disk), names, clock);
            return log;
        } catch (IOException | LockedException e) {
            throw new StartException("the log does not open", e);
        }
    }

    private void check() throws IOException {
        TreeMap<Long, Integer> found = new TreeMap<>();
        Map<String, Integer> states = new HashMap<>();
        long lowest = log().recovered().lowestWatermark();
        try (RecordReader reader = log().read(lowest)) {
            RecordReader.Entry entry;
            while ((entry = reader.next(log().recoveredEnd())) != null) {
                if (!(entry instanceof RecordReader.Stored stored)) {
                    throw new AssertionError("lost: " + entry);
                }
                long sequence = stored.sequence();
                for (int number : Batches.numbers(stored.batch())) {
                    found.put(sequence++, number);
                }
                stored.batch().release();
            }
        }
        for (String name : names) {
            states.put(name, stateOf(name));
        }
        model.recovered(log().recovered(), log().recoveredEnd(), found, unanswered, states);
        unanswered.clear();
        assertThat(log().recovered().lostEvents()).as("events lost").isZero();
        assertThat(log().recovered().setAsideBytes()).as("bytes set aside").isZero();
    }

    private void endWell() throws Exception {
        disks.heal();
        clock.advance(Duration.ofHours(1));
        log().workUntilQuiet();
        for (String key : List.copyOf(transactions.keySet())) {
            rollback(key.substring(0, key.length() - 1), Integer.parseInt(key.substring(key.length() - 1)));
        }
        long before;
        do { // puts that waited for room come in behind
            before = model.end();
            for (String name : names) {
                drain(name);
            }
            log().workUntilQuiet();
        } while (model.end() > before);
        if (mistake != null) {
            throw mistake;
        }
        assertThat(model.size()).isZero();
        put(CAPACITY);
        log().workUntilQuiet();
        for (String name : names) {
            assertThat(model.available(name)).as("a full channel's worth").hasSize(CAPACITY);
            drain(name);
        }
        mayRefuse = false;
        restart();
        for (String name : names) {
            take(name, 0, CAPACITY);
            assertThat(model.available(name)).isEmpty();
        }
    }

    private void drain(String name) throws InterruptedException {
        while (!model.available(name).isEmpty()) {
            take(name, 9, CAPACITY);
            commit(name, 9, false, ChannelModel.NO_STATE);
        }
    }

    private String name(int reader) {
        return names.get(reader % names.size());
    }

    private ChannelReader reader(String name) {
        return names.size() > 1 ? channel().reader(name) : channel();
    }

    private DurableChannel channel() {
        if (channel == null) {
            throw new IllegalStateException("no channel is open");
        }
        return channel;
    }

    private SteppedLog log() {
        if (log == null) {
            throw new IllegalStateException("no log is open");
        }
        return log;
    }
}
