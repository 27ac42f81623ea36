/**
 * Sink groups: who of several sinks gets the next turn. Start reading at {@code FailoverProcessor}, where one has all the turns until it
 * fails, or at {@code LoadBalanceProcessor}, where they take turns; what they share is in {@code SinkGroup}, and what a group knows of
 * each sink in {@code GroupedSink}. Exact rules and keys: {@code docs/sink-groups.md}.
 */
@NullMarked
package org.millrace.relay.sink.group;

import org.jspecify.annotations.NullMarked;
