package org.millrace.relay.config;

import org.millrace.api.Sink;

/** Takes the place of a sink that cannot be made, so that the settings of its group can be checked. Never started. */
record SinkStandIn(String name) implements Sink {
    @Override
    public void start() {
        throw notReal();
    }

    @Override
    public Drain drain() {
        throw notReal();
    }

    @Override
    public void close() {}

    private IllegalStateException notReal() {
        return new IllegalStateException("sink " + name + " was never made");
    }
}
