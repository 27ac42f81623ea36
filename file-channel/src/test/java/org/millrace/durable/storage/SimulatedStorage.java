package org.millrace.durable.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.millrace.api.support.LockedException;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedDisks.Outcome;

/**
 * A directory in memory, on one of {@link SimulatedDisks}, alone on its disk. A name that {@link Storage} promises to be on disk is so
 * after a crash; of a call that the crash cut short all is done or nothing. Thread-safe.
 */
public final class SimulatedStorage implements Storage {
    private final SimulatedDisks disks;
    private final Path path;
    private final TreeMap<String, SimulatedFile> files = new TreeMap<>();
    private final Set<String> spoiled = new HashSet<>();
    private long capacityBytes;
    private boolean isLocked;
    private int lives;

    SimulatedStorage(SimulatedDisks disks, Path path, long capacityBytes) {
        this.disks = disks;
        this.path = path;
        this.capacityBytes = capacityBytes;
    }

    /** A directory alone, with room for anything. */
    public static SimulatedStorage withSeed(long seed) {
        return new SimulatedDisks(seed).add("simulated", Long.MAX_VALUE);
    }

    /** What this is a part of: there its failures are ordered. */
    public SimulatedDisks disks() {
        return disks;
    }

    /** As {@link SimulatedDisks#failNth}, for this directory alone. Operations are counted over all of them. */
    public void failNth(Operation operation, long n, boolean forEver) {
        disks.failNth(this, operation, n, forEver);
    }

    /** Makes the disk larger or smaller. What it holds stays. */
    public void setCapacity(long bytes) {
        synchronized (disks) {
            capacityBytes = bytes;
        }
    }

    /** Bytes that the files have. */
    public long usedBytes() {
        synchronized (disks) {
            return files.values().stream().mapToLong(SimulatedFile::size).sum();
        }
    }

    /** Loses power and gets it back. */
    public void crash() {
        disks.cutPower();
        disks.restart();
    }

    /** Damages a byte of a file, which no force can repair. */
    public void flip(String name, long position, int bits) throws IOException {
        synchronized (disks) {
            file(name).flip(position, bits);
        }
    }

    /** Nothing is given from now on to who reads from there. */
    public void spoil(String name, long position) {
        synchronized (disks) {
            spoiled.add(name + "@" + position);
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public List<String> list() throws IOException {
        disks.awaitTurn(Operation.LIST);
        synchronized (disks) {
            disks.begin(this, Operation.LIST).check(path.toString());
            return files.keySet().stream().filter(name -> !name.contains("/")).toList();
        }
    }

    @Override
    public List<String> list(String subdirectory) throws IOException {
        disks.awaitTurn(Operation.LIST);
        synchronized (disks) {
            disks.begin(this, Operation.LIST).check(path.resolve(subdirectory).toString());
            return files.keySet().stream()
                    .filter(name -> name.startsWith(subdirectory + "/"))
                    .toList();
        }
    }

    @Override
    public StorageFile open(String name, Access access) throws IOException {
        disks.awaitTurn(Operation.OPEN);
        synchronized (disks) {
            disks.begin(this, Operation.OPEN).check("open " + path.resolve(name));
            return new Handle(name, file(name), access);
        }
    }

    @Override
    public StorageFile createZeroed(String name, long bytes) throws IOException {
        disks.awaitTurn(Operation.CREATE_ZEROED);
        synchronized (disks) {
            Outcome outcome = disks.begin(this, Operation.CREATE_ZEROED);
            refuseExisting(name);
            checkRoom(bytes);
            SimulatedFile file = new SimulatedFile(bytes);
            if (outcome == Outcome.SUCCEEDS || isDoneNevertheless(outcome)) {
                files.put(name, file);
            }
            outcome.check("write " + path.resolve(name));
            return new Handle(name, file, Access.WRITE);
        }
    }

    @Override
    public byte[] readAll(String name) throws IOException {
        disks.awaitTurn(Operation.READ);
        synchronized (disks) {
            disks.begin(this, Operation.READ).check("read " + path.resolve(name));
            return file(name).content();
        }
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
        disks.awaitTurn(Operation.REPLACE);
        synchronized (disks) {
            Outcome outcome = disks.begin(this, Operation.REPLACE);
            checkRoom(content.length);
            if (outcome == Outcome.SUCCEEDS || isDoneNevertheless(outcome)) {
                files.put(name, new SimulatedFile(content));
            }
            outcome.check("write " + path.resolve(name));
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disks.awaitTurn(Operation.RENAME);
        synchronized (disks) {
            Outcome outcome = disks.begin(this, Operation.RENAME);
            refuseExisting(to);
            SimulatedFile file = file(from);
            if (outcome == Outcome.SUCCEEDS || isDoneNevertheless(outcome)) {
                files.remove(from);
                files.put(to, file);
            }
            outcome.check("rename " + path.resolve(from));
        }
    }

    @Override
    public void delete(String name) throws IOException {
        disks.awaitTurn(Operation.DELETE);
        synchronized (disks) {
            Outcome outcome = disks.begin(this, Operation.DELETE);
            file(name);
            if (outcome == Outcome.SUCCEEDS || isDoneNevertheless(outcome)) {
                files.remove(name);
            }
            outcome.check("delete " + path.resolve(name));
        }
    }

    @Override
    public long usableBytes() {
        synchronized (disks) {
            return Math.max(0, capacityBytes - usedBytes());
        }
    }

    @Override
    public Closeable lock() throws IOException, LockedException {
        synchronized (disks) {
            if (isLocked) {
                throw new LockedException(path + " is in use by another channel of this process");
            }
            isLocked = true;
            int life = lives;
            return () -> {
                synchronized (disks) {
                    isLocked &= life != lives;
                }
            };
        }
    }

    /** What comes of this directory when power is lost. Called with the lock. */
    void losePower() {
        loseProcess();
        files.values().forEach(file -> file.losePower(disks.random()));
    }

    /** What comes of this directory when the process dies that uses it. Called with the lock. */
    void loseProcess() {
        lives++;
        isLocked = false;
    }

    /** When power is lost in the middle of a call, it may have been done. */
    private boolean isDoneNevertheless(Outcome outcome) {
        return outcome == Outcome.POWER_LOST && disks.random().nextBoolean();
    }

    private SimulatedFile file(String name) throws NoSuchFileException {
        SimulatedFile file = files.get(name);
        if (file == null) {
            throw new NoSuchFileException(path.resolve(name).toString());
        }
        return file;
    }

    private void refuseExisting(String name) throws FileAlreadyExistsException {
        if (files.containsKey(name)) {
            throw new FileAlreadyExistsException(path.resolve(name).toString());
        }
    }

    private void checkRoom(long bytes) throws IOException {
        if (bytes > usableBytes()) {
            throw new IOException("No space left on device");
        }
    }

    /** A file that somebody has opened. */
    private final class Handle implements StorageFile {
        private final String name;
        private final SimulatedFile file;
        private final Access access;
        private final int openedIn = lives;
        private boolean isClosed;

        Handle(String name, SimulatedFile file, Access access) {
            this.name = name;
            this.file = file;
            this.access = access;
        }

        @Override
        public long size() throws IOException {
            synchronized (disks) {
                checkOpen();
                return file.size();
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            disks.awaitTurn(Operation.WRITE);
            synchronized (disks) {
                checkWritable();
                Outcome outcome = disks.begin(SimulatedStorage.this, Operation.WRITE);
                checkRoom(position + source.remaining() - file.size());
                if (outcome != Outcome.SUCCEEDS) {
                    writeSome(source, position);
                    outcome.check("write " + path.resolve(name));
                }
                file.write(source, position);
            }
        }

        private void writeSome(ByteBuffer source, long position) {
            Random random = disks.random();
            ByteBuffer part = source.duplicate();
            file.write(part.limit(part.position() + random.nextInt(part.remaining() + 1)), position);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            disks.awaitTurn(Operation.READ);
            synchronized (disks) {
                checkOpen();
                disks.begin(SimulatedStorage.this, Operation.READ).check("read " + path.resolve(name));
                if (spoiled.contains(name + "@" + position)) {
                    throw new IOException("read " + path.resolve(name) + ": Input/output error");
                }
                return file.read(target, position);
            }
        }

        @Override
        public void force() throws IOException {
            disks.awaitTurn(Operation.FORCE);
            synchronized (disks) {
                checkWritable();
                Outcome outcome = disks.begin(SimulatedStorage.this, Operation.FORCE);
                switch (outcome) {
                    case SUCCEEDS -> file.force();
                    case FAILS -> file.failForce(disks.random());
                    case POWER_LOST -> file.forceSome(disks.random());
                }
                outcome.check("force " + path.resolve(name));
            }
        }

        private void checkWritable() throws IOException {
            checkOpen();
            if (access != Access.WRITE) {
                throw new NonWritableChannelException();
            }
        }

        private void checkOpen() throws IOException {
            if (isClosed || openedIn != lives) {
                throw new IOException(path.resolve(name) + " has been closed");
            }
        }

        @Override
        public void close() {
            synchronized (disks) {
                isClosed = true;
            }
        }
    }
}
