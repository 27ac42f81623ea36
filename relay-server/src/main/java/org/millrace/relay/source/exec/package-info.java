/**
 * The exec source: each line that a command prints becomes an event. {@code Command} is the process, {@code CommandLines} what it has
 * printed and nobody has taken yet, {@code ExecReader} makes batches of it and starts the command again.
 */
@NullMarked
package org.millrace.relay.source.exec;

import org.jspecify.annotations.NullMarked;
