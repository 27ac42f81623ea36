package org.millrace.api;

/**
 * A part of an agent with a life. Its constructor only assigns, {@link #start} acquires what it needs, {@link #close} gives it back.
 * The agent starts channels, then sinks, then sources, by one thread, and closes sources, then sinks, then channels: a source or a sink by
 * a thread of its own, side by side with others of its kind. A thread that starts or
 * closes a part sees all that the one before has done to it.
 */
public interface Component extends AutoCloseable {
    /**
     * Acquires files, sockets, threads. A start that fails leaves nothing behind, and fails the agent.
     *
     * @throws StartException with a message that names the file, address or peer, and what was expected
     */
    void start() throws StartException;

    /** Gives back what {@link #start} took, in reverse. Does nothing when called again, or without a start. */
    @Override
    void close();
}
