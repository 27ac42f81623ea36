package org.millrace.jms;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where to read from.
 *
 * @param initialContextFactory class name, of the provider's
 * @param passwordFile read at each connection, so that a changed password needs no restart; null without one
 * @param clientId null without one
 * @param selector null without one
 * @param durableSubscription the name of the topic's durable subscription; null without one
 */
record JmsSettings(
        String initialContextFactory,
        String providerUrl,
        String connectionFactory,
        String destination,
        DestinationType destinationType,
        DestinationLocator destinationLocator,
        @Nullable String selector,
        @Nullable String userName,
        @Nullable Path passwordFile,
        @Nullable String clientId,
        @Nullable String durableSubscription) {
    /** Flume's values of {@code destinationType}. */
    enum DestinationType {
        QUEUE,
        TOPIC
    }

    /** Flume's values of {@code destinationLocator}. */
    enum DestinationLocator {
        /** The session makes the destination of its name. */
        CDI,
        /** The name is looked up. */
        JNDI
    }
}
