/** What all parts of the agent need to log well. {@link org.millrace.relay.log.LogThrottle} is all there is. */
@NullMarked
package org.millrace.relay.log;

import org.jspecify.annotations.NullMarked;
