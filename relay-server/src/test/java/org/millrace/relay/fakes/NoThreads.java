package org.millrace.relay.fakes;

/** Until it is closed, this thread cannot make another one: what a thread would inherit breaks, as the system does where threads are short. */
public final class NoThreads implements AutoCloseable {
    private final InheritableThreadLocal<Boolean> inherited = new InheritableThreadLocal<>() {
        @Override
        protected Boolean childValue(Boolean parent) {
            throw new OutOfMemoryError(
                    "unable to create native thread: possibly out of memory or process limits reached");
        }
    };

    public NoThreads() {
        inherited.set(true);
    }

    @Override
    public void close() {
        inherited.remove();
    }
}
