/** Components that do nothing but keep a diary, for tests of the agent around them. */
@NullMarked
package org.millrace.relay.fakes;

import org.jspecify.annotations.NullMarked;
