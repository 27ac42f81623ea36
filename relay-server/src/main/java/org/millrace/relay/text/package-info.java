/** Text that comes from outside, and what may be done with it. */
@NullMarked
package org.millrace.relay.text;

import org.jspecify.annotations.NullMarked;
