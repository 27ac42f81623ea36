/**
 * What channels have in common, for those who write one. {@link org.millrace.api.support.PutGate} is the way in: puts wait there for
 * room; {@link org.millrace.api.support.ChannelTransaction} is a transaction on top of what a channel must know itself.
 */
@NullMarked
package org.millrace.api.support;

import org.jspecify.annotations.NullMarked;
