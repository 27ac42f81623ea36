/**
 * What every channel has to do: {@link org.millrace.testkit.channel.ChannelContract}, its tests by theme in the interfaces beside it. For
 * tests only.
 */
@NullMarked
package org.millrace.testkit.channel;

import org.jspecify.annotations.NullMarked;
