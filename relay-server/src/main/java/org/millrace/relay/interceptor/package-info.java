/**
 * Interceptors that look at each event: filter, rewrite, take parts of the body into headers. Those that set one header for a whole batch
 * stand beside the chain in {@link org.millrace.relay.route}. What a regular expression may cost is bounded: {@link
 * org.millrace.relay.interceptor.BoundedPattern}.
 */
@NullMarked
package org.millrace.relay.interceptor;

import org.jspecify.annotations.NullMarked;
