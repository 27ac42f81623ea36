/**
 * What sources that listen on a port have in common: {@link org.millrace.relay.source.net.TcpServer} and {@link
 * org.millrace.relay.source.net.DatagramServer} own the ports, {@link org.millrace.relay.source.net.Admission} lets a connection in, {@link
 * org.millrace.relay.source.net.ReadGate} decides when it is read, {@link org.millrace.relay.source.net.BatchPuts} takes its events to the
 * inlet. Start with the first. What is said over a connection is each source's own.
 */
@NullMarked
package org.millrace.relay.source.net;

import org.jspecify.annotations.NullMarked;
