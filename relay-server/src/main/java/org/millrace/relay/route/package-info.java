/**
 * The way of a batch from its source to its channels: interceptors change or drop events, a selector names the channels, each gets its
 * share. Start with {@link org.millrace.relay.route.EventRouter}; {@link org.millrace.relay.route.InterceptorChain} is its first half.
 */
@NullMarked
package org.millrace.relay.route;

import org.jspecify.annotations.NullMarked;
