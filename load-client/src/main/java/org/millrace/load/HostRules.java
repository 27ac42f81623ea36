package org.millrace.load;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.client.ClientSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayClient;
import org.millrace.ledger.Fate;
import org.millrace.ledger.LedgerWriter;

/**
 * What all lines of a run to its hosts have in common.
 *
 * @param isFailover whether one host is used until it fails
 * @param retry how long a batch is sent again after all hosts have failed it for the first time; zero: not at all
 * @param later runs what is to be tried again, after a pause
 * @param ledger notes the fates; null without one
 */
record HostRules(
        List<RelayAddress> hosts,
        boolean isFailover,
        Duration retry,
        Executor later,
        LongSupplier nanoTime,
        Hops hops,
        @Nullable LedgerWriter ledger) {
    private static final long PAUSE_MILLIS = 100;

    HostRules {
        hosts = List.copyOf(hosts);
    }

    /** The pause before all hosts of a batch are tried again, beside the client's own pauses when they are gone. */
    static Executor afterPause(Executor loop) {
        return CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS, loop);
    }

    void ended(long first, int events, Fate fate, List<Integer> tried) {
        if (ledger != null) {
            ledger.ended(first, events, fate, tried);
        }
    }

    /** Dials lines of these rules: each has a client, and thus a connection to each host that it uses, of its own. */
    Line.Dialer dialer(ClientSettings settings, EventLoops loops) {
        return () -> {
            RelayClient client = RelayClient.open(settings, loops);
            return client.connectAsync().handle((connected, failure) -> {
                if (failure == null) {
                    return new HostLine(client, this);
                }
                client.closeNow();
                throw new CompletionException(Failures.cause(failure));
            });
        };
    }
}
