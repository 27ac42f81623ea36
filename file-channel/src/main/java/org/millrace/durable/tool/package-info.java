/**
 * {@code millrace channel}: looks into the directories of a file channel, whether an agent runs on them or not. Start at {@link
 * org.millrace.durable.tool.ChannelCommand}; {@link org.millrace.durable.tool.ChannelFiles} is what the commands work on.
 */
@NullMarked
package org.millrace.durable.tool;

import org.jspecify.annotations.NullMarked;
