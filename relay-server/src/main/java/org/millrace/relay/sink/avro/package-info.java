/**
 * The sink that hands events to the next agent: Flume's {@code avro}. Start reading at {@code AvroSink}: its turn, and what
 * becomes of the batches on their way ({@code Flights}) over the connection to the peer ({@code PeerLink}).
 */
@NullMarked
package org.millrace.relay.sink.avro;

import org.jspecify.annotations.NullMarked;
