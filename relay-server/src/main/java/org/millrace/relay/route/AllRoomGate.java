package org.millrace.relay.route;

import java.util.List;
import org.millrace.api.Channel;

/** Open while all of its channels have room. */
final class AllRoomGate implements RoomGate {
    private final List<Channel> channels;

    AllRoomGate(List<Channel> channels) {
        this.channels = List.copyOf(channels);
    }

    @Override
    public boolean isOpen() {
        for (Channel channel : channels) {
            if (!channel.hasRoom()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void onOpen(Runnable action) {
        for (Channel channel : channels) {
            if (!channel.hasRoom()) {
                channel.onRoom(() -> onOpen(action)); // then look at the others again
                return;
            }
        }
        action.run();
    }
}
