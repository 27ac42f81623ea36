package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.log.ModelEvents.ForetoldLossException;
import org.millrace.durable.log.ModelScenario.Setup;
import org.millrace.durable.log.ModelStep.Commit;
import org.millrace.durable.log.ModelStep.CutPower;
import org.millrace.durable.log.ModelStep.Fail;
import org.millrace.durable.log.ModelStep.Heal;
import org.millrace.durable.log.ModelStep.Kill;
import org.millrace.durable.log.ModelStep.Pass;
import org.millrace.durable.log.ModelStep.Put;
import org.millrace.durable.log.ModelStep.Reopen;
import org.millrace.durable.log.ModelStep.Resize;
import org.millrace.durable.log.ModelStep.Rollback;
import org.millrace.durable.log.ModelStep.Take;
import org.millrace.durable.log.ModelStep.Work;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Storage;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.ReleaseCheck;

/**
 * Runs a scenario on a real log over simulated disks, beside a model of it, and fails where the two differ. In the end all disks are
 * well again, and the log must be too: it takes a put, gives everything that was acked, and is empty once that has been committed.
 */
final class ModelRun implements ModelPut.Owner {
    private static final int MOST_TURNS = 10_000;
    private static final long PLENTY = 1L << 40;
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration RETENTION = Duration.ofSeconds(20);

    private final Setup setup;
    private final List<ModelStep> steps;
    private final Opener opener;
    private final SimulatedDisks disks;
    private final List<SimulatedStorage> directories = new ArrayList<>();
    private final FakeClock clock = new FakeClock();
    private final ReleaseCheck releases = new ReleaseCheck();

    private final ModelEvents events = new ModelEvents();
    private final ModelPositions positions = new ModelPositions();
    private final Map<String, ModelReader> readers = new TreeMap<>();
    private int readerCount;
    private int nextReaders;
    private @Nullable DrivenLog driven;
    /** Something has failed or been full since the log was opened: it may refuse puts, and reads may fail. */
    private boolean mayRefuse;
    /** Found where nobody would hear of it. */
    private @Nullable AssertionError mistake;

    /** Opens a log that a test drives. */
    interface Opener {
        DrivenLog open(LogSettings settings, List<Storage> directories, List<String> readers, FakeClock clock)
                throws Exception;
    }

    private ModelRun(ModelScenario scenario, Opener opener) {
        this.setup = scenario.setup();
        this.steps = scenario.steps();
        this.opener = opener;
        this.disks = new SimulatedDisks(scenario.seed());
        this.readerCount = setup.readers();
        this.nextReaders = readerCount;
        for (int i = 0; i < setup.directories(); i++) {
            directories.add(disks.add("disk" + i, PLENTY));
        }
    }

    /**
     * Throws an {@link AssertionError}, or whatever the log throws, if anything is wrong. Failures that come before all other steps are
     * there when the log is opened for the first time.
     *
     * @return how many operations on the disks there were
     */
    static Map<Operation, Long> run(ModelScenario scenario, Opener opener) throws Exception {
        ModelRun run = new ModelRun(scenario, opener);
        try {
            for (ModelStep step : run.steps) {
                if (!(step instanceof Fail)) {
                    run.open();
                }
                run.step(step);
                run.checkMistake();
                if (run.disks.isOff()) {
                    run.losePower();
                }
            }
            run.open();
            run.endWell();
            run.checkMistake();
        } catch (ForetoldLossException e) {
            // this is as far as the model goes
        } finally {
            run.abandon();
        }
        run.releases.assertAllReleased();
        return run.disks.counts();
    }

    private void checkMistake() {
        if (mistake != null) {
            throw mistake;
        }
    }

    private void step(ModelStep step) throws Exception {
        if (step instanceof Put put) {
            put(put);
        } else if (step instanceof Work work) {
            work(work.turns());
        } else if (step instanceof Take take) {
            take(take);
        } else if (step instanceof Commit commit) {
            commit(commit);
        } else if (step instanceof Rollback rollback) {
            readers.get(name(rollback.reader())).rollback(rollback.lease());
        } else if (step instanceof Pass pass) {
            clock.advance(Duration.ofMillis(pass.millis()));
        } else if (step instanceof Fail failure) {
            boolean isReading = failure.operation() == Operation.READ || failure.operation() == Operation.OPEN;
            if (isReading && disks.isFailing()) {
                return; // a place that cannot be read twice is given up
            }
            mayRefuse = true;
            disks.failNth(failure.operation(), failure.nth(), failure.isForEver());
        } else if (step instanceof Heal) {
            disks.heal();
        } else if (step instanceof Resize resize) {
            mayRefuse = true;
            SimulatedStorage directory = directories.get(resize.directory() % directories.size());
            directory.setCapacity(directory.usedBytes() + (long) resize.segments() * Setup.SEGMENT_BYTES + 1000);
        } else if (step instanceof CutPower cut) {
            disks.cutPowerAt(cut.nth());
        } else if (step instanceof Kill kill) {
            disks.killAt(kill.nth());
            nextReaders = kill.readers();
        } else if (step instanceof Reopen reopen) {
            reopen(reopen.readers());
        }
    }

    private void put(Put step) {
        ModelPut put = new ModelPut(events.nextNumber(), events.nextSenderSequence(), step, this, releases);
        events.appended(put);
        driven().log().append(put);
    }

    @Override
    public void durable(ModelPut put, long firstSequence) {
        put.release();
        if (disks.isOff()) {
            fail("acked after the power was lost: %s", put);
        }
        events.acked(put, firstSequence);
        positions.somethingIsDurable();
    }

    @Override
    public void failed(ModelPut put, ChannelException why) {
        put.release();
        if (disks.isOff()) {
            return; // nobody hears it
        }
        boolean isTooLong = put.encodedBytes() > Setup.SEGMENT_BYTES - 5 * Blocks.BYTES;
        if (!mayRefuse && !isTooLong) {
            throw new AssertionError("refused though nothing is wrong: " + put, why);
        }
        boolean isFull =
                why instanceof ChannelFullException && !disks.isFailing(); // else it may be where a write failed first
        events.refused(put, !isTooLong && !isFull);
    }

    private void work(int turns) {
        for (int left = turns; left > 0 && driven().work(); left--) {
            // goes on
        }
    }

    private void workUntilQuiet() {
        for (int turns = 0; driven().work(); turns++) {
            if (turns > MOST_TURNS) {
                fail("there is always something to do");
            }
        }
    }

    private void take(Take take) throws Exception {
        try {
            readers.get(name(take.reader())).take(take.events(), events);
        } catch (IOException e) {
            if (!mayRefuse && !disks.isOff()) {
                throw e;
            }
        }
    }

    private void commit(Commit commit) {
        String reader = name(commit.reader());
        ModelReader committer = readers.get(reader);
        EventRange done = committer.commit(commit.lease(), commit.isHalf());
        if (done == null) {
            return;
        }
        String owner = ModelPositions.OWNERS.get(commit.state() % 2);
        PositionUpdate update = new PositionUpdate(
                reader,
                List.of(done),
                commit.state() == 0
                        ? Map.of()
                        : Map.of(owner, ("state " + commit.state()).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        int number = positions.add(update);
        if (commit.isAwaited()) {
            driven().commitDurably(update).whenComplete((written, failure) -> {
                if (disks.isOff()) {
                    return; // nobody hears it
                }
                if (failure == null) {
                    positions.isDurable(number);
                } else if (mayRefuse) {
                    positions.hasFailed(number);
                    committer.failed(done);
                } else {
                    mistake = new AssertionError("failed though nothing is wrong: " + update, failure);
                }
            });
        } else {
            driven().log().commit(update);
        }
    }

    private void reopen(int count) throws Exception {
        boolean isWell = !mayRefuse;
        readers.values().forEach(ModelReader::close);
        readers.clear();
        driven().close();
        if (disks.isOff()) {
            return;
        }
        assertThat(events.hasInFlight())
                .as("puts unanswered by a log that was closed")
                .isFalse();
        driven = null;
        events.ended();
        if (isWell) {
            positions.allAreDurable();
        }
        change(count);
        open();
    }

    /** Other readers; not while the log may be unable to write that down. */
    private void change(int count) {
        if (!mayRefuse) {
            readerCount = count;
        }
    }

    private void losePower() throws Exception {
        abandon();
        change(nextReaders);
        disks.restartHurt();
        open();
    }

    /** The process is gone: nobody hears of what it does. */
    private void abandon() {
        readers.values().forEach(ModelReader::close);
        readers.clear();
        disks.cutPower();
        if (driven != null) {
            driven.close();
            driven = null;
        }
        events.ended();
    }

    /** Opens the log unless it is open; once more if something failed, and again whenever power is lost meanwhile. */
    private void open() throws Exception {
        boolean hasFailed = false;
        while (driven == null) {
            try {
                driven = opener.open(settings(), List.copyOf(directories), readerNames(), clock);
                verify();
            } catch (IOException | AssertionError e) {
                boolean isExcused = disks.isOff() || (e instanceof IOException && mayRefuse && !hasFailed);
                if (!isExcused) {
                    throw e;
                }
            }
            if (disks.isOff() || readers.isEmpty()) {
                hasFailed = true;
                openAgainAfter();
            }
        }
    }

    /** After a failed start: locks must have been given back, unless it was the power that failed. */
    private void openAgainAfter() {
        if (driven != null) {
            boolean wasOff = disks.isOff();
            abandon();
            if (!wasOff) {
                disks.kill();
            }
        }
        if (disks.isOff()) {
            disks.restart();
        } else {
            disks.heal();
        }
    }

    private void verify() throws Exception {
        Log log = driven().log();
        assertThat(log.recovered().lostEvents()).as("events lost").isZero();
        assertThat(log.recovered().setAsideBytes()).as("bytes set aside").isZero();
        boolean isSafe = log.trouble() == null && !log.isFull();
        long lowest = log.recovered().lowestWatermark();
        try (RecordReader reader = log.read(lowest)) {
            events.recovered(
                    reader, lowest, log.recoveredEnd(), isSafe, log.recovered().seen());
        }
        positions.recovered(log.recovered(), readerNames(), isSafe);
        for (String name : readerNames()) {
            readers.put(name, new ModelReader(log, positions.committed(name)));
        }
        mayRefuse = isHurt();
    }

    /** Something may still fail, or some disk is small. */
    private boolean isHurt() {
        return disks.isFailing() || directories.stream().anyMatch(directory -> directory.usableBytes() < PLENTY / 2);
    }

    private void endWell() throws Exception {
        disks.heal();
        directories.forEach(directory -> directory.setCapacity(PLENTY));
        clock.advance(LONG);
        workUntilQuiet();
        assertThat(driven().log().isFull()).as("full though there is room").isFalse();
        put(new Put(1, 1, 1));
        workUntilQuiet();
        assertThat(events.isLastAcked())
                .as("a put is acked now that all is well")
                .isTrue();
        reopen(readerCount);
        for (String name : readerNames()) {
            drain(name);
        }
        workUntilQuiet();
        assertThat(driven().log().figures().inFlightBytes()).isZero();
        reopen(readerCount);
        assertThat(driven().log().recovered().lowestWatermark()).isEqualTo(events.end());
        workUntilQuiet(); // retention counts from when a segment is found done with
        clock.advance(LONG);
        workUntilQuiet();
        assertThat(driven().log().figures().segmentsInUse()).isLessThanOrEqualTo(2);
        reopen(readerCount);
    }

    private void drain(String name) throws Exception {
        ModelReader reader = readers.get(name);
        while (positions.committed(name).nextClearBit(0) < events.end()) {
            reader.take(Integer.MAX_VALUE, events);
            EventRange done = reader.commit(0, false);
            if (done == null) {
                throw new AssertionError("nothing more to take at " + positions.committed(name));
            }
            PositionUpdate update = new PositionUpdate(name, List.of(done), Map.of());
            positions.add(update);
            driven().log().commit(update);
        }
    }

    private DrivenLog driven() {
        if (driven == null) {
            throw new IllegalStateException("no log is open");
        }
        return driven;
    }

    private List<String> readerNames() {
        return List.of("a", "b", "c").subList(0, readerCount);
    }

    private String name(int reader) {
        return readerNames().get(reader % readerCount);
    }

    private LogSettings settings() {
        return new LogSettings(
                "model",
                Durability.ALWAYS,
                Duration.ofSeconds(1),
                Setup.SEGMENT_BYTES,
                setup.leastGroupBytes(),
                setup.mostGroupBytes(),
                0,
                setup.isRetained() ? RETENTION : Duration.ZERO,
                Duration.ZERO,
                setup.isEncrypted() ? new XorCiphers() : null);
    }
}
