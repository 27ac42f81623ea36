/**
 * The Avro source: Flume's wire on a port. {@link org.millrace.relay.source.avro.AvroSource} owns the port and its connections;
 * {@code ConnectionSetup} shows what a connection is made of, in wire order; {@code AvroCallHandler} takes each call to the inlet
 * and its answer back. Start with the last.
 */
@NullMarked
package org.millrace.relay.source.avro;

import org.jspecify.annotations.NullMarked;
