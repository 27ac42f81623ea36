/**
 * The command line: commands, options, exit codes, and how mistakes in a configuration are told. Start with {@link
 * org.millrace.relay.cli.CommandLineTool}.
 */
@NullMarked
package org.millrace.relay.cli;

import org.jspecify.annotations.NullMarked;
