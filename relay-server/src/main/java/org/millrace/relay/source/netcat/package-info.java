/**
 * The netcat sources: each line of a connection, or each datagram, is an event. {@link org.millrace.relay.source.netcat.NetcatConnection}
 * and {@link org.millrace.relay.source.netcat.NetcatDatagrams} say what makes one.
 */
@NullMarked
package org.millrace.relay.source.netcat;

import org.jspecify.annotations.NullMarked;
