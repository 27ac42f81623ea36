package org.millrace.jms;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where to read from.
 *
 * @param initialContextFactory class name, of the provider's
 * @param shownProviderUrl the provider's address for logs: without its options, where keys may stand, and without what config filters gave
 * @param passwordFile read at each connection, so that a changed password needs no restart; null without one
 * @param clientId null without one
 * @param selector null without one
 * @param durableSubscription the name of the topic's durable subscription; null without one
 */
record JmsSettings(
        String initialContextFactory,
        String providerUrl,
        String shownProviderUrl,
        String connectionFactory,
        String destination,
        DestinationType destinationType,
        DestinationLocator destinationLocator,
        @Nullable String selector,
        @Nullable String userName,
        @Nullable Path passwordFile,
        @Nullable String clientId,
        @Nullable String durableSubscription) {
    /** Takes the options out of an address, also out of those within, as in {@code failover:(tcp://a?x=1,tcp://b)?y=2}. */
    static String withoutOptions(String url) {
        return url.replaceAll("\\?[^,)]*", "");
    }

    /** What a provider says, which may name its address. */
    String shown(@Nullable String message) {
        return message == null || providerUrl.isEmpty() ? "" + message : message.replace(providerUrl, shownProviderUrl);
    }

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
