package org.millrace.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.testkit.Batches;

/** Hosts that do what a test says, and what they saw. The test's thread only. */
final class FakeHosts implements Link.Maker {
    private final Map<RelayAddress, Host> hosts = new HashMap<>();
    private final List<String> seen = new ArrayList<>();
    private final List<Origin> origins = new ArrayList<>();

    /** A host that accepts and stores. */
    Host host(String name) {
        return hosts.computeIfAbsent(new RelayAddress(name, 1), Host::new);
    }

    /** {@code +name} for a connection, {@code -name} for one refused, {@code name:bodies} for a call; since the last time. */
    List<String> seen() {
        List<String> since = List.copyOf(seen);
        seen.clear();
        return since;
    }

    /** Of all calls. */
    List<Origin> origins() {
        return origins;
    }

    @Override
    public CompletableFuture<Link> connect(RelayAddress address) {
        return host(address.host()).connect();
    }

    /** What a host does with a call. */
    enum Answer {
        STORED,
        REFUSED,
        CUT,
        /** The call cannot even be made: an {@link InternalError}. */
        BROKEN,
        /** None until the test gives one. */
        NONE
    }

    final class Host {
        private final RelayAddress address;
        private boolean accepts = true;
        private boolean accepting;
        private boolean throwsOnce;
        private Answer answer = Answer.STORED;
        private final List<FakeLink> links = new ArrayList<>();
        private final List<CompletableFuture<Void>> open = new ArrayList<>();
        private final List<CompletableFuture<Link>> pending = new ArrayList<>();

        Host(RelayAddress address) {
            this.address = address;
        }

        Host isDown() {
            accepts = false;
            return this;
        }

        Host isUp() {
            accepts = true;
            return this;
        }

        /** The next connection cannot even be begun. */
        Host throwsOnce() {
            throwsOnce = true;
            return this;
        }

        /** Neither accepts nor refuses until {@link #acceptNow}. */
        Host isSlow() {
            accepting = true;
            return this;
        }

        void acceptNow() {
            accepting = false;
            List<CompletableFuture<Link>> now = List.copyOf(pending);
            pending.clear();
            now.forEach(each -> each.complete(newLink()));
        }

        Host answers(Answer answer) {
            this.answer = answer;
            return this;
        }

        /** The calls that have no answer are stored. */
        void storeOpen() {
            List<CompletableFuture<Void>> now = List.copyOf(open);
            open.clear();
            now.forEach(call -> call.complete(null));
        }

        /** Cuts all connections; calls without an answer fail, oldest first. */
        void cut() {
            links.forEach(link -> link.isOpen = false);
            List<CompletableFuture<Void>> now = List.copyOf(open);
            open.clear();
            now.forEach(call -> call.completeExceptionally(new RelayException(address, "cut")));
        }

        int openLinks() {
            return (int) links.stream().filter(link -> link.isOpen).count();
        }

        private CompletableFuture<Link> connect() {
            if (throwsOnce) {
                throwsOnce = false;
                throw new InternalError("unable to create native thread");
            }
            if (!accepts) {
                seen.add("-" + address.host());
                return CompletableFuture.failedFuture(new RelayException(address, "cannot connect"));
            }
            if (accepting) {
                CompletableFuture<Link> later = new CompletableFuture<>();
                pending.add(later);
                return later;
            }
            return CompletableFuture.completedFuture(newLink());
        }

        private Link newLink() {
            seen.add("+" + address.host());
            FakeLink link = new FakeLink(this);
            links.add(link);
            return link;
        }
    }

    private final class FakeLink implements Link {
        private final Host host;
        private boolean isOpen = true;

        FakeLink(Host host) {
            this.host = host;
        }

        @Override
        public RelayAddress peer() {
            return host.address;
        }

        @Override
        public boolean isOpen() {
            return isOpen;
        }

        @Override
        public CompletableFuture<Void> append(List<EventBatch> batches, Origin origin) {
            if (!isOpen) {
                return CompletableFuture.failedFuture(new RelayException(host.address, "closed"));
            }
            origins.add(origin);
            for (EventBatch batch : batches) {
                seen.add(host.address.host() + ":" + String.join(",", Batches.bodies(batch)));
            }
            return switch (host.answer) {
                case STORED -> CompletableFuture.completedFuture(null);
                case REFUSED -> CompletableFuture.failedFuture(RelayException.refused(host.address, "FAILED"));
                case CUT -> {
                    isOpen = false;
                    yield CompletableFuture.failedFuture(new RelayException(host.address, "cut"));
                }
                case BROKEN -> throw new InternalError("no direct memory");
                case NONE -> {
                    CompletableFuture<Void> call = new CompletableFuture<>();
                    host.open.add(call);
                    yield call;
                }
            };
        }

        @Override
        public CompletableFuture<Void> finish() {
            isOpen = false;
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {
            isOpen = false;
        }
    }
}
