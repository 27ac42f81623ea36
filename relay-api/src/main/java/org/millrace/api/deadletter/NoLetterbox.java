package org.millrace.api.deadletter;

import java.io.IOException;
import java.util.List;
import org.millrace.api.StartException;

/** Takes the place of a channel that may not be used: a sink with this one does not start. */
record NoLetterbox(String sink, String channel) implements Letterbox {
    @Override
    public String place() {
        return "channel " + channel;
    }

    @Override
    public void start() throws StartException {
        throw new StartException("sink " + sink + ": dead letters cannot go to " + place());
    }

    @Override
    public void put(List<Letter> letters) throws IOException {
        throw new IOException("there is no " + place() + " that may be used");
    }

    @Override
    public void keep() {}

    @Override
    public void takeBack() {}

    @Override
    public void finishDue() {}

    @Override
    public void close() {}
}
