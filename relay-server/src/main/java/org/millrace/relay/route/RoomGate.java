package org.millrace.relay.route;

import java.util.List;
import org.millrace.api.Channel;

/** Open while all of its channels have room. Thread-safe. */
final class RoomGate {
    private final List<Channel> channels;

    RoomGate(List<Channel> channels) {
        this.channels = List.copyOf(channels);
    }

    boolean isOpen() {
        for (Channel channel : channels) {
            if (!channel.hasRoom()) {
                return false;
            }
        }
        return true;
    }

    /** Runs the action once, when every channel has been seen to have room; at once if all have. */
    void onOpen(Runnable action) {
        for (Channel channel : channels) {
            if (!channel.hasRoom()) {
                channel.onRoom(() -> onOpen(action)); // then look at the others again
                return;
            }
        }
        action.run();
    }
}
