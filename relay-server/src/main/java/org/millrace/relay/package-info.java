/**
 * The agent. {@link org.millrace.relay.RelayMain} reads the command line, {@link org.millrace.relay.Relay} runs the parts that {@link
 * org.millrace.relay.config} has made; these two know all the others, which meet through {@code relay-api} alone.
 */
@NullMarked
package org.millrace.relay;

import org.jspecify.annotations.NullMarked;
