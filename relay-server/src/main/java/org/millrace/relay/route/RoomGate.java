package org.millrace.relay.route;

import java.util.List;
import org.millrace.api.Channel;
import org.millrace.api.ChannelSelector;

/** Whether a source's channels have room for what it reads. Thread-safe. */
interface RoomGate {
    boolean isOpen();

    /** Runs the action once, when the gate has been seen open; at once if it is. */
    void onOpen(Runnable action);

    /** @param channels none, if nothing stops the source */
    static RoomGate of(ChannelSelector selector, List<Channel> channels) {
        return selector.passesOverFullChannels() && !channels.isEmpty()
                ? new AnyRoomGate(channels)
                : new AllRoomGate(channels);
    }
}
