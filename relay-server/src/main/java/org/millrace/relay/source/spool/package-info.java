/**
 * The spooling-directory source: every line, record or whole of each file put into a directory becomes an event, once at least, in order within its
 * file. Start with {@link org.millrace.relay.source.spool.SpoolingReader}, which also serves without a source: which file is next
 * ({@code FileFinder}), how it is parted into events ({@link org.millrace.api.part.FileDeserializer}), what a crash leaves behind ({@code PositionFile}), which
 * files are set aside ({@code Quarantine}) or tried again ({@code PassedOver}), how two readers are kept apart ({@code Surroundings}).
 * {@code SpoolDirectorySource} is the thread that hands its batches to the channels.
 */
@NullMarked
package org.millrace.relay.source.spool;

import org.jspecify.annotations.NullMarked;
