/** An agent inside an application. Start with {@link org.millrace.embedded.EmbeddedAgent}. */
@NullMarked
package org.millrace.embedded;

import org.jspecify.annotations.NullMarked;
