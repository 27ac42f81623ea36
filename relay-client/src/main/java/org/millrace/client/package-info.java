/**
 * Sending events to a relay, or to a Flume agent's Avro source: connection, handshake, pipelined calls, time-outs.
 *
 * <p>Start reading at {@link org.millrace.client.RelayConnection}; {@code CallHandler} is where a connection's calls live.
 */
@NullMarked
package org.millrace.client;

import org.jspecify.annotations.NullMarked;
