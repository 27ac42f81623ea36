package org.millrace.relay.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.config.Configuration;

/**
 * How a running agent takes changes of its configuration.
 *
 * @param request the sources to look at
 * @param pollInterval how often; null: not at all, changes count from the next start
 */
public record Changes(
        Configuration.Request request, @Nullable Duration pollInterval) {}
