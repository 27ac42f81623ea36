package org.millrace.relay.route;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.millrace.api.Channel;

/**
 * Open while one of its channels has room. It has one listener at most with each of them: one channel may stay full for days, while the
 * others make the gate open and shut.
 */
final class AnyRoomGate implements RoomGate {
    private final List<Channel> channels;

    // Guarded by this; nobody is called under its monitor:
    private final List<Runnable> waiting = new ArrayList<>();
    private final Set<String> listeningTo = new HashSet<>();

    /** @param channels one at least */
    AnyRoomGate(List<Channel> channels) {
        this.channels = List.copyOf(channels);
    }

    @Override
    public boolean isOpen() {
        for (Channel channel : channels) {
            if (channel.hasRoom()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void onOpen(Runnable action) {
        if (isOpen()) {
            action.run();
            return;
        }
        List<Channel> silent = new ArrayList<>();
        synchronized (this) {
            waiting.add(action);
            for (Channel channel : channels) {
                if (listeningTo.add(channel.name())) {
                    silent.add(channel);
                }
            }
        }
        silent.forEach(channel -> channel.onRoom(() -> hasRoom(channel))); // at once, if it has some by now
    }

    private void hasRoom(Channel channel) {
        List<Runnable> due;
        synchronized (this) {
            listeningTo.remove(channel.name());
            due = List.copyOf(waiting);
            waiting.clear();
        }
        due.forEach(Runnable::run);
    }
}
