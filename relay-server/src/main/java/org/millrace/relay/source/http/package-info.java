/**
 * The HTTP source: each request is a batch of events, as one of Flume's handlers makes it. {@code HttpConnection} takes requests in and
 * answers them, an {@link org.millrace.api.part.HttpHandler} makes the events. Start with the first.
 */
@NullMarked
package org.millrace.relay.source.http;

import org.jspecify.annotations.NullMarked;
