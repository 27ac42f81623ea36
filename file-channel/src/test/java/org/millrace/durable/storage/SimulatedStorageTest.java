package org.millrace.durable.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.api.support.LockedException;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.Storage.Access;

/** The simulated disk is one, and hurts as ordered. */
final class SimulatedStorageTest extends StorageContract {
    private static final int SECTOR = 512;
    private static final int SECTORS = 64;

    private final SimulatedStorage storage = SimulatedStorage.withSeed(1);

    @Override
    Storage storage() {
        return storage;
    }

    @Test
    void whatWasForcedSurvivesACrash() throws Exception {
        StorageFile file = storage.createZeroed("a", 4096);
        file.write(bytes("mill"), 0);
        file.force();
        storage.crash();

        assertThat(storage.readAll("a")).startsWith("mill".getBytes(UTF_8));
    }

    @Test
    void ofWhatWasNotForcedACrashKeepsSomeSectorsWhole() throws Exception {
        Set<Integer> kept = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            String name = "file-" + i;
            storage.createZeroed(name, SECTORS * SECTOR).write(ones(SECTORS), 0);
            storage.crash();
            kept.add(sectorsOfOnes(storage.readAll(name)));
        }

        assertThat(kept).hasSizeGreaterThan(5).anyMatch(sectors -> sectors > 0 && sectors < SECTORS);
    }

    @Test
    void whatAProcessHasWrittenOutlivesItAndIsStillNotForced() throws Exception {
        StorageFile file = storage.createZeroed("a", SECTORS * SECTOR);
        file.write(ones(SECTORS), 0);
        storage.disks().kill();

        assertThat(sectorsOfOnes(storage.readAll("a"))).isEqualTo(SECTORS);
        assertThatThrownBy(file::force).isInstanceOf(IOException.class);
        storage.crash();
        assertThat(sectorsOfOnes(storage.readAll("a"))).isLessThan(SECTORS);
    }

    @Test
    void theSameSeedKeepsTheSameSectors() throws Exception {
        byte[][] contents = new byte[2][];
        for (int i = 0; i < contents.length; i++) {
            SimulatedStorage one = SimulatedStorage.withSeed(7);
            one.createZeroed("a", SECTORS * SECTOR).write(ones(SECTORS), 0);
            one.crash();
            contents[i] = one.readAll("a");
        }

        assertThat(contents[0]).isEqualTo(contents[1]);
    }

    @Test
    void aWriteThatFailsIsDoneInPart() throws Exception {
        StorageFile file = storage.createZeroed("a", SECTORS * SECTOR);
        storage.failNth(Operation.WRITE, 2, false);
        file.write(bytes("mill"), 0);

        assertThatThrownBy(() -> file.write(ones(SECTORS - 1), SECTOR)).isInstanceOf(IOException.class);
        assertThat(sectorsOfOnes(storage.readAll("a"))).isLessThan(SECTORS - 1);
        file.write(ones(SECTORS - 1), SECTOR);
        assertThat(sectorsOfOnes(storage.readAll("a"))).isEqualTo(SECTORS - 1);
    }

    /** The trap that databases fell into: the next force succeeds, and the bytes are not on disk. */
    @Test
    void aForceAfterAFailedOneSavesNothing() throws Exception {
        StorageFile file = storage.createZeroed("a", SECTORS * SECTOR);
        storage.failNth(Operation.FORCE, 1, false);
        file.write(ones(SECTORS), 0);
        assertThatThrownBy(file::force).isInstanceOf(IOException.class);
        file.force();
        storage.crash();

        assertThat(sectorsOfOnes(storage.readAll("a"))).isLessThan(SECTORS);
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void eachKindOfOperationFailsOnceOrForEver(Operation operation) throws Exception {
        Iterator<Call> calls = calls(operation);
        storage.disks().failNth(operation, 1, false);
        assertThatThrownBy(calls.next()::run).isInstanceOf(IOException.class);
        calls.next().run();

        storage.failNth(operation, 2, true);
        calls.next().run();
        assertThatThrownBy(calls.next()::run).isInstanceOf(IOException.class);
        assertThatThrownBy(calls.next()::run).isInstanceOf(IOException.class);
        storage.disks().heal();
        calls.next().run();
    }

    /** A disk operation of some kind. */
    private interface Call {
        void run() throws IOException;
    }

    /** The same operation over and over, each on a file of its own. */
    private Iterator<Call> calls(Operation operation) throws IOException {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String name = "file-" + i;
            StorageFile file = storage.createZeroed(name, SECTOR);
            calls.add(
                    switch (operation) {
                        case LIST -> storage::list;
                        case OPEN -> () -> storage.open(name, Access.READ).close();
                        case READ -> () -> read(file, 0, SECTOR);
                        case WRITE -> () -> file.write(bytes("mill"), 0);
                        case FORCE -> file::force;
                        case CREATE_ZEROED ->
                            () -> storage.createZeroed(name + ".next", SECTOR).close();
                        case REPLACE -> () -> storage.replace(name, new byte[1]);
                        case RENAME -> () -> storage.rename(name, name + ".renamed");
                        case DELETE -> () -> storage.delete(name);
                    });
        }
        return calls.iterator();
    }

    @Test
    void aDirectoryFailsAlone() throws Exception {
        SimulatedStorage other = storage.disks().add("other", Long.MAX_VALUE);
        storage.failNth(Operation.LIST, 1, true);

        assertThatThrownBy(storage::list).isInstanceOf(IOException.class);
        assertThat(other.list()).isEmpty();
    }

    @Test
    void powerGoesOffInTheMiddleOfAnyOperation() throws Exception {
        Set<Boolean> seen = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            storage.disks().cutPowerAt(2);
            String name = "file-" + i;
            assertThat(storage.list()).isNotNull();
            assertThatThrownBy(() -> storage.createZeroed(name, 512)).isInstanceOf(IOException.class);
            assertThat(storage.disks().isOff()).isTrue();
            assertThatThrownBy(storage::list).isInstanceOf(IOException.class);
            storage.disks().restart();
            seen.add(storage.list().contains(name));
        }

        assertThat(seen).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void filesAndLocksEndWithThePower() throws Exception {
        StorageFile file = storage.createZeroed("a", 512);
        AutoCloseable lock = storage.lock();
        storage.crash();

        assertThatThrownBy(() -> file.write(bytes("mill"), 0)).isInstanceOf(IOException.class);
        AutoCloseable next = storage.lock();
        lock.close();
        assertThatThrownBy(storage::lock).isInstanceOf(LockedException.class);
        next.close();
    }

    @Test
    void aDiskIsFullUntilItIsFreed() throws Exception {
        SimulatedStorage small = storage.disks().add("small", 1000);
        small.createZeroed("a", 600);

        assertThat(small.usableBytes()).isEqualTo(400);
        assertThatThrownBy(() -> small.createZeroed("b", 600)).hasMessage("No space left on device");
        assertThat(small.list()).containsExactly("a");
        small.delete("a");
        small.createZeroed("b", 600);
        small.setCapacity(5000);
        assertThat(small.usableBytes()).isEqualTo(4400);
    }

    @Test
    void aFlippedBitStays() throws Exception {
        StorageFile file = storage.createZeroed("a", 8192);
        file.write(bytes("mill"), 4096);
        storage.flip("a", 4096, 1);
        file.force();
        storage.crash();

        assertThat(Arrays.copyOfRange(storage.readAll("a"), 4096, 4100)).isEqualTo("lill".getBytes(UTF_8));
    }

    @Test
    void aStalledOperationGoesOnWhenItIsLet() throws Exception {
        StorageFile file = storage.createZeroed("a", 512);
        Stall stall = storage.disks().stall(Operation.WRITE);
        Thread writer = new Thread(() -> {
            try {
                file.write(bytes("mill"), 0);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        writer.start();
        stall.awaitArrival();

        assertThat(storage.readAll("a")).containsOnly(0);
        stall.open();
        writer.join();
        assertThat(storage.readAll("a")).startsWith("mill".getBytes(UTF_8));
    }

    private static ByteBuffer ones(int sectors) {
        byte[] ones = new byte[sectors * SECTOR];
        Arrays.fill(ones, (byte) 1);
        return ByteBuffer.wrap(ones);
    }

    private static int sectorsOfOnes(byte[] content) {
        int sectors = 0;
        for (int at = 0; at < content.length; at += SECTOR) {
            sectors += content[at] == 1 && content[at + SECTOR - 1] == 1 ? 1 : 0;
        }
        return sectors;
    }
}
