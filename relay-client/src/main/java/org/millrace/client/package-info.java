/**
 * Sending events to a relay, or to a Flume agent's Avro source.
 *
 * <p>Applications start at {@link org.millrace.client.RelayClient}: batches to one or several hosts, failover, load balancing. A batch's
 * way is {@code Delivery}; which host it goes to is a {@code Route}, whose connections are each kept by a {@code HostRing}. Below that is
 * {@link org.millrace.client.RelayConnection}: one connection, its handshake, pipelined calls and time-outs; {@code CallHandler} is
 * where its calls live.
 */
@NullMarked
package org.millrace.client;

import org.jspecify.annotations.NullMarked;
