/**
 * The sink that writes local files and begins a new one every so often: Flume's {@code file_roll}. Start reading at {@code FileRollSink}:
 * its turn; {@code RollFiles} is what is open, {@code FileNames} what files are called.
 */
@NullMarked
package org.millrace.relay.sink.file;

import org.jspecify.annotations.NullMarked;
