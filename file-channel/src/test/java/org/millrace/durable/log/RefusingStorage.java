package org.millrace.durable.log;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.millrace.durable.storage.Storage;

/** A directory in which one operation on one file is refused. */
final class RefusingStorage {
    private RefusingStorage() {}

    /**
     * Such a one.
     *
     * @param operation name of the method
     * @param file its first argument
     */
    static Storage of(Storage storage, String operation, String file, IOException refusal) {
        return of(storage, operation, file, refusal, Integer.MAX_VALUE);
    }

    /** One in which the operation is refused so many times, and then no more. */
    static Storage of(Storage storage, String operation, String file, IOException refusal, int times) {
        AtomicInteger left = new AtomicInteger(times);
        return (Storage) Proxy.newProxyInstance(
                RefusingStorage.class.getClassLoader(), new Class<?>[] {Storage.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(operation) && arguments[0].equals(file) && left.getAndDecrement() > 0) {
                        throw refusal;
                    }
                    try {
                        return method.invoke(storage, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
