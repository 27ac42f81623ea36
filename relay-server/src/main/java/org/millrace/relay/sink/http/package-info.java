/**
 * The sink that posts each event's body to a web server: Flume's {@code http}. Start reading at {@code HttpSink}: its turn; {@code
 * HttpPeer} is the connection, {@code StatusRules} what an answer means.
 */
@NullMarked
package org.millrace.relay.sink.http;

import org.jspecify.annotations.NullMarked;
