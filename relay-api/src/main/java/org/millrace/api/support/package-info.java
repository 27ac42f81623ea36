/**
 * What channels have in common, for those who write one: {@link org.millrace.api.support.PutGate} is the way in, where puts wait for
 * room; {@link org.millrace.api.support.ChannelTransaction} is a transaction on top of what a channel must know itself. And for those who
 * write a source with a thread of its own: {@link org.millrace.api.support.SourceLoop}, which needs a {@link
 * org.millrace.api.support.BatchReader}.
 */
@NullMarked
package org.millrace.api.support;

import org.jspecify.annotations.NullMarked;
