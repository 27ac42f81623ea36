package org.millrace.relay.sink.file;

import java.lang.reflect.Proxy;
import java.time.Duration;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelReader;
import org.millrace.api.Transaction;
import org.millrace.testkit.FakeChannel;

/** A way to a channel, whose commits fail until a test says otherwise. */
final class FailingCommits implements ChannelReader {
    private final FakeChannel channel;
    boolean failing = true;

    FailingCommits(FakeChannel channel) {
        this.channel = channel;
    }

    @Override
    public String name() {
        return channel.name();
    }

    @Override
    public int transactionCapacity() {
        return channel.transactionCapacity();
    }

    @Override
    public Transaction begin() {
        if (!failing) {
            return channel.begin();
        }
        Transaction real = channel.begin();
        return (Transaction) Proxy.newProxyInstance(
                FailingCommits.class.getClassLoader(),
                new Class<?>[] {Transaction.class},
                (proxy, method, arguments) -> {
                    if (method.getName().startsWith("commit")) { // durably, too
                        throw new ChannelException("no commit today");
                    }
                    return method.invoke(real, arguments);
                });
    }

    @Override
    public boolean awaitEvents(Duration timeout) throws InterruptedException {
        return channel.awaitEvents(timeout);
    }

    @Override
    public byte[] attached(String owner) {
        return channel.attached(owner);
    }
}
