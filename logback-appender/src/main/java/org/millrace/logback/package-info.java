/** An appender of Logback that sends events to a relay: {@link org.millrace.logback.MillraceAppender}. */
@NullMarked
package org.millrace.logback;

import org.jspecify.annotations.NullMarked;
