/**
 * Flume's Thrift RPC: a source and a sink. {@link org.millrace.thrift.ThriftSource} owns the port, {@code ConnectionSetup} shows what a
 * connection is made of, {@code CallReader} reads a call into a batch and {@code CallHandler} takes it to the inlet and its answer back;
 * {@link org.millrace.thrift.ThriftSink} is the way out. The service, as Flume defines it, is drawn in {@code FlumeService}: start there.
 */
@NullMarked
package org.millrace.thrift;

import org.jspecify.annotations.NullMarked;
