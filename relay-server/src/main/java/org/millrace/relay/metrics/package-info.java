/**
 * What an operator can read off a running agent: Flume's JMX beans, Flume's JSON over HTTP, and figures of our own beside them. Start
 * with {@link org.millrace.relay.metrics.Monitoring}.
 */
@NullMarked
package org.millrace.relay.metrics;

import org.jspecify.annotations.NullMarked;
