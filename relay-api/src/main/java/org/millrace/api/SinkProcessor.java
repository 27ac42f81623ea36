package org.millrace.api;

import java.util.List;

/**
 * Gives the sinks of a group their turns, so that to its runner the group is one sink: {@link #drain} gives a turn to one of them, and to
 * another where that one fails. {@link #start} and {@link #close} do the same to all of its sinks.
 *
 * <p>Before a sink takes over from one that has failed, or that is to rest, the latter is {@linkplain Sink#settle settled}: its events
 * are then delivered or back in the channel. A {@link ChannelException} is nobody's failure among the sinks, and goes to the runner.
 */
public interface SinkProcessor extends Sink {
    /** The sinks that it gives turns to, in the order of the group's list. */
    List<Member> members();

    /** A sink of a group. */
    record Member(String name, Sink sink, SinkMetrics metrics) {}
}
