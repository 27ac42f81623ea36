/** An appender of Log4j 2 that sends events to a relay: {@link org.millrace.log4j2.MillraceAppender}. */
@NullMarked
package org.millrace.log4j2;

import org.jspecify.annotations.NullMarked;
