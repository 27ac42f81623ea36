package org.millrace.jms;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Settings;

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
    private static final Pattern OPTIONS = Pattern.compile("\\?[^,)]*");
    /** Between addresses of a failover. */
    private static final Pattern PARTS = Pattern.compile("[(),]+");

    /** Takes the options out of an address, also out of those within, as in {@code failover:(tcp://a?x=1,tcp://b)?y=2}. */
    static String withoutOptions(String url) {
        return OPTIONS.matcher(url).replaceAll("");
    }

    /** What a provider says, which may name its address, or one of those that it is made of. */
    String shown(@Nullable String message) {
        if (message == null || providerUrl.isEmpty()) {
            return "" + message;
        }
        String text = message.replace(providerUrl, shownProviderUrl);
        String[] parts = PARTS.split(providerUrl);
        String[] shownParts = PARTS.split(shownProviderUrl);
        for (int i = 0; i < parts.length && parts.length == shownParts.length; i++) {
            text = text.replace(parts[i], shownParts[i]).replace(withoutOptions(parts[i]), shownParts[i]);
        }
        Matcher options = OPTIONS.matcher(providerUrl);
        while (options.find()) {
            text = withoutValues(text.replace(options.group(), ""), options.group());
        }
        return text;
    }

    /** A provider may list options one by one. */
    private static String withoutValues(String text, String options) {
        String rest = text;
        for (String option : options.substring(1).split("&")) {
            int equals = option.indexOf('=');
            if (equals > 0) {
                rest = rest.replace(option, option.substring(0, equals + 1) + Settings.MASK);
            }
        }
        return rest;
    }

    /** What a provider threw, as it may be logged. */
    ProviderException loggable(Throwable thrown) {
        return ProviderException.of(thrown, this::shown);
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
