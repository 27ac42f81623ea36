package org.millrace.durable.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The disks of a machine that a test can hurt: it loses power at any operation, and any operation can fail. What comes of what was not
 * forced is decided by the seed alone, as long as the operations come in the same order. Thread-safe.
 */
public final class SimulatedDisks {
    /** What can be counted, failed and stalled. */
    public enum Operation {
        LIST,
        OPEN,
        READ,
        WRITE,
        FORCE,
        CREATE_ZEROED,
        REPLACE,
        RENAME,
        DELETE
    }

    private static final long NEVER = Long.MAX_VALUE;

    private final Random random;
    private final List<SimulatedStorage> directories = new ArrayList<>();
    private final Map<Operation, Long> counts = new EnumMap<>(Operation.class);
    private final List<Failure> failures = new ArrayList<>();
    private final Map<Operation, Stall> stalls = new EnumMap<>(Operation.class);
    private long operations;
    private long powerEndsAt = NEVER;
    /** It is not the power that goes off, only the process. */
    private boolean isKilled;

    private boolean isOff;

    public SimulatedDisks(long seed) {
        random = new Random(seed);
    }

    /** One more directory, on a disk of its own. */
    public synchronized SimulatedStorage add(String name, long capacityBytes) {
        SimulatedStorage directory = new SimulatedStorage(this, Path.of(name), capacityBytes);
        directories.add(directory);
        return directory;
    }

    /** The n-th operation of this kind from now on fails, counted from 1; with {@code forEver} all after it too. */
    public synchronized void failNth(Operation operation, long n, boolean forEver) {
        failures.add(new Failure(null, operation, count(operation) + n, forEver));
    }

    /** As {@link #failNth} of one directory's operations, which are counted with those of the others. */
    synchronized void failNth(SimulatedStorage directory, Operation operation, long n, boolean forEver) {
        failures.add(new Failure(directory, operation, count(operation) + n, forEver));
    }

    /** Everything is well, and stays so until something else is ordered. */
    public synchronized void heal() {
        powerEndsAt = NEVER;
        failures.clear();
    }

    /** Whether something is to fail, or has. */
    public synchronized boolean isFailing() {
        return !failures.isEmpty();
    }

    /** How many operations of this kind there have been. */
    public synchronized long count(Operation operation) {
        return counts.getOrDefault(operation, 0L);
    }

    /** How many operations there have been of each kind; a copy. */
    public synchronized Map<Operation, Long> counts() {
        return new EnumMap<>(counts);
    }

    /** How many operations there have been. */
    public synchronized long operations() {
        return operations;
    }

    /** Power goes off in the middle of the n-th operation from now on, counted from 1: this one and all after it fail. */
    public synchronized void cutPowerAt(long n) {
        powerEndsAt = operations + n;
        isKilled = false;
    }

    /** As {@link #cutPowerAt}, but only the process ends: what it has written stays, forced or not. */
    public synchronized void killAt(long n) {
        cutPowerAt(n);
        isKilled = true;
    }

    /** Power goes off now. */
    public synchronized void cutPower() {
        isKilled &= isOff;
        isOff = true;
    }

    public synchronized boolean isOff() {
        return isOff;
    }

    /**
     * Power comes back, after it has been off for a moment at least: of what was not forced any part is there. Files and locks from
     * before are good for nothing any more. Failures are forgotten. If it was only the process that ended, all is read that it wrote, as
     * far as a force that failed has left it: on disk or not.
     */
    public synchronized void restart() {
        boolean isPowerLost = !isKilled || !isOff;
        kill();
        if (isPowerLost) {
            directories.forEach(SimulatedStorage::losePower);
        }
    }

    /** As {@link #restart}, and what was to fail still does. */
    public synchronized void restartHurt() {
        List<Failure> left = failures.stream()
                .filter(failure -> failure.forEver() || failure.number() > count(failure.operation()))
                .toList();
        restart();
        failures.addAll(left);
    }

    /** The process dies, power stays: what was written is read, and is not forced. Files and locks are good for nothing any more. */
    public synchronized void kill() {
        isOff = false;
        isKilled = false;
        powerEndsAt = NEVER;
        failures.clear();
        directories.forEach(SimulatedStorage::loseProcess);
    }

    /** Operations of this kind wait, from now on, until the test lets them go. */
    public synchronized Stall stall(Operation operation) {
        Stall stall = new Stall();
        stalls.put(operation, stall);
        return stall;
    }

    /** Waits while such operations are stalled. Called without a lock. */
    void awaitTurn(Operation operation) {
        Stall stall;
        synchronized (this) {
            stall = stalls.get(operation);
        }
        if (stall != null) {
            stall.await();
        }
    }

    /** Counts an operation, whose outcome it tells. Called with the lock. */
    Outcome begin(SimulatedStorage directory, Operation operation) throws IOException {
        if (isOff) {
            throw new IOException("no power");
        }
        operations++;
        long number = counts.merge(operation, 1L, Long::sum);
        if (operations >= powerEndsAt) {
            isOff = true;
            return Outcome.POWER_LOST;
        }
        boolean fails = failures.stream().anyMatch(failure -> failure.hits(directory, operation, number));
        return fails ? Outcome.FAILS : Outcome.SUCCEEDS;
    }

    Random random() {
        return random;
    }

    /** How an operation ends. */
    enum Outcome {
        SUCCEEDS,
        FAILS,
        POWER_LOST;

        /** Throws unless it succeeds. */
        void check(String what) throws IOException {
            if (this != SUCCEEDS) {
                throw new IOException(this == FAILS ? "Input/output error: " + what : "power lost: " + what);
            }
        }
    }

    private record Failure(@Nullable SimulatedStorage directory, Operation operation, long number, boolean forEver) {
        boolean hits(SimulatedStorage directory, Operation operation, long number) {
            return (this.directory == null || this.directory == directory)
                    && this.operation == operation
                    && (forEver ? number >= this.number : number == this.number);
        }
    }
}
