/**
 * Sinks that need nothing outside the agent, and the thread that any sink runs on. Start with {@link
 * org.millrace.relay.sink.SinkRunner}.
 */
@NullMarked
package org.millrace.relay.sink;

import org.jspecify.annotations.NullMarked;
