package org.millrace.relay.source.spool;

/** How a file is parted into events. */
public sealed interface FileFormat permits LineFormat, AvroFormat, BlobFormat {}
