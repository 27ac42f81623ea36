package org.millrace.relay.sink.avro;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelReader;
import org.millrace.api.Transaction;

/** Direct memory that is not there just when a sink has taken events. One thread. */
final class ScarceMemory {
    private boolean isShort;

    /** There is none for what is taken next. */
    void runOutOnce() {
        isShort = true;
    }

    /** A channel as a sink sees it that has this memory. */
    ChannelReader reader(Channel channel) {
        return view(ChannelReader.class, channel, (method, result) -> {
            return result instanceof Transaction taking ? view(Transaction.class, taking, this::failIfShort) : result;
        });
    }

    private @Nullable Object failIfShort(Method method, @Nullable Object result) {
        if (isShort && method.getName().equals("origin")) {
            isShort = false;
            throw new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory");
        }
        return result;
    }

    private static <T> T view(Class<T> type, T of, BiFunction<Method, @Nullable Object, @Nullable Object> onReturn) {
        Object view = Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> onReturn.apply(method, method.invoke(of, arguments)));
        return type.cast(view);
    }
}
