package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.durable.storage.Storage;

class LocksTest {
    private final List<String> given = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(classes = {IOException.class, IllegalStateException.class, OutOfMemoryError.class})
    void whateverComesInTheMiddleGivesBackThoseItHasGot(Class<? extends Throwable> type) throws Exception {
        Throwable failure = type.getDeclaredConstructor(String.class).newInstance("cannot be");
        assertThatThrownBy(() -> Locks.acquire(List.of(directory("one"), directory("two"), failing(failure))))
                .isSameAs(failure);
        assertThat(given).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void oneThatCannotBeGivenBackKeepsNoOther() throws Exception {
        Locks locks = Locks.acquire(List.of(
                directory("one"),
                locking(() -> () -> {
                    throw new IOException("stale file handle");
                }),
                locking(() -> () -> {
                    throw new IllegalStateException("cannot be");
                }),
                directory("two")));
        locks.close();
        locks.close();
        assertThat(given).containsExactlyInAnyOrder("one", "two");
    }

    private Storage directory(String name) {
        return locking(() -> () -> given.add(name));
    }

    private static Storage failing(Throwable failure) {
        return locking(() -> {
            throw failure;
        });
    }

    private interface Locking {
        Closeable lock() throws Throwable;
    }

    private static Storage locking(Locking locking) {
        return (Storage) Proxy.newProxyInstance(
                LocksTest.class.getClassLoader(),
                new Class<?>[] {Storage.class},
                (proxy, method, arguments) -> locking.lock());
    }
}
