/**
 * The tailing source: each line that is added to files of certain names becomes an event, once at least, in order within its file, through
 * renames and truncations. Start with {@code TailReader}: a round over all files ({@code TailedFiles} knows them, {@code FileGroup} lists
 * them), a file ({@code TailedFile}), its lines ({@code TailLines}); what outlives a crash is in {@code PositionFile}.
 */
@NullMarked
package org.millrace.relay.source.taildir;

import org.jspecify.annotations.NullMarked;
