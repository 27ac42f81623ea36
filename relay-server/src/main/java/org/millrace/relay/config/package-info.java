/**
 * From Flume's {@code .properties} files to the parts of an agent, or to the list of everything that is wrong with them, each with its
 * line. Start with {@link org.millrace.relay.config.Configuration}; the steps are {@code PropertiesParser} (lines), {@code Substitution}
 * (<code>${...}</code>), {@code AgentLines} (key shapes) and {@code Assembler} (components from their factories).
 */
@NullMarked
package org.millrace.relay.config;

import org.jspecify.annotations.NullMarked;
