package org.millrace.relay.source.spool;

/**
 * A file is one event, its bytes as they are.
 *
 * @param maxBytes a longer file goes on in further events; at least 1
 */
public record BlobFormat(int maxBytes) implements FileFormat {}
