/**
 * Where a sink puts events that it will never be able to deliver, so that they neither hold up all others for ever, nor are lost. A
 * sink reads its {@code deadLetter.*} keys with {@link org.millrace.api.deadletter.DeadLetters#read}: start reading there. One
 * with a serializer asks {@link org.millrace.api.deadletter.SerializerHealth} before it settles them.
 */
@NullMarked
package org.millrace.api.deadletter;

import org.jspecify.annotations.NullMarked;
