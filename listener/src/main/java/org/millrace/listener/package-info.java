/**
 * What sources that listen on a port have in common: {@link org.millrace.listener.TcpServer} and {@link
 * org.millrace.listener.DatagramServer} own the ports, {@link org.millrace.listener.Admission} lets a connection in, {@link
 * org.millrace.listener.ReadGate} decides when it is read, {@link org.millrace.listener.BatchPuts} takes its events to the
 * inlet. Start with the first. What is said over a connection is each source's own.
 */
@NullMarked
package org.millrace.listener;

import org.jspecify.annotations.NullMarked;
