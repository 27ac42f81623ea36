package org.millrace.relay.sink.http;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.millrace.api.Settings;

/**
 * What an HTTP sink is set to.
 *
 * @param endpoint where events are posted to
 * @param shownEndpoint the same for logs: without user and query, where keys may stand, and without what config filters gave
 * @param connectTimeout zero: none
 * @param requestTimeout how long the server may neither take more of a request nor send more of an answer; zero: for ever
 * @param backoff for which statuses the sink pauses
 * @param rollback for which of them the event stays in the channel
 * @param incrementMetrics for which of them it counts as delivered
 * @param maxInFlight requests that may be unanswered at a time, and so events in a transaction
 * @param deadStatuses that say that the event will never be taken
 */
record HttpSinkSettings(
        Endpoint endpoint,
        String shownEndpoint,
        Duration connectTimeout,
        Duration requestTimeout,
        String contentType,
        String accept,
        StatusRules backoff,
        StatusRules rollback,
        StatusRules incrementMetrics,
        int maxInFlight,
        Set<Integer> deadStatuses) {
    static final String MAX_IN_FLIGHT = "maxInFlight";
    private static final int MAX_IN_FLIGHT_BY_DEFAULT = 16;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Endpoint STAND_IN = new Endpoint(false, "localhost", 80, "/");

    /** @param transactionCapacity of the channel */
    static HttpSinkSettings read(Settings settings, int transactionCapacity) {
        Endpoint endpoint = settings.value("endpoint", "an http or https URL", Endpoint::parse, STAND_IN)
                .about("where events are posted to")
                .required();
        HttpSinkSettings read = new HttpSinkSettings(
                endpoint,
                settings.masked(endpoint.shown()),
                readTimeout(settings, "connectTimeout", "how long to try to connect; 0: for ever"),
                readTimeout(
                        settings,
                        "requestTimeout",
                        "how long to wait, each time, for the server to take more of a request or to send more of an answer; 0: for ever"),
                readHeader(settings, "contentTypeHeader", "header Content-Type of each request"),
                readHeader(settings, "acceptHeader", "header Accept of each request"),
                StatusRules.read(settings, "backoff", true, "whether to pause after an answer"),
                StatusRules.read(
                        settings, "rollback", true, "whether the event stays in the channel and is sent again"),
                StatusRules.read(settings, "incrementMetrics", false, "whether the event counts as delivered"),
                settings.integer(MAX_IN_FLIGHT, 1, 1000)
                        .about(
                                "requests that may be on their way without an answer, on one connection and in order; 1 for a "
                                        + "server that does not take several")
                        .byDefault("16, or the channel's transactionCapacity if that is less")
                        .orElse(Math.min(MAX_IN_FLIGHT_BY_DEFAULT, transactionCapacity)),
                readDeadStatuses(settings));
        read.warnOfSuccess(settings);
        return read;
    }

    private static Duration readTimeout(Settings settings, String key, String meaning) {
        return settings.duration(key, ChronoUnit.MILLIS, 0, Integer.MAX_VALUE)
                .about(meaning)
                .orElse(TIMEOUT);
    }

    private static String readHeader(Settings settings, String key, String meaning) {
        return settings.value(key, "a header's value, without control characters", HttpSinkSettings::printable, "")
                .byDefault("text/plain")
                .about(meaning)
                .orElse("text/plain");
    }

    private static String printable(String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException();
        }
        return text;
    }

    private static Set<Integer> readDeadStatuses(Settings settings) {
        List<String> statuses = settings.value(
                        "deadLetter.statuses",
                        "statuses such as 400, separated by blanks",
                        HttpSinkSettings::statuses,
                        List.<String>of())
                .byDefault("400 413 415 422")
                .about(
                        "what an event is answered that will never be taken: after deadLetter.maxTries it is a dead letter, if any "
                                + "deadLetter key is set")
                .orElse(List.of("400", "413", "415", "422"));
        return statuses.stream().map(Integer::valueOf).collect(Collectors.toUnmodifiableSet());
    }

    private static List<String> statuses(String text) {
        List<String> statuses = List.of(text.trim().split("\\s+"));
        if (!statuses.stream().allMatch(status -> status.matches("[1-9][0-9]{2}"))) {
            throw new IllegalArgumentException();
        }
        return statuses;
    }

    /** Flume's defaults lead to what hardly anybody wants, and are kept all the same. */
    private void warnOfSuccess(Settings settings) {
        if (rollback.appliesTo(200)) {
            settings.note(
                    "rollback.2XX",
                    "true by default, as in Flume: an event that the server answers 200 stays in the channel and is sent again, for "
                            + "ever; set rollback.2XX = false");
        } else if (backoff.appliesTo(200)) {
            settings.note(
                    "backoff.2XX",
                    "true by default, as in Flume: the sink pauses for a second and more after each event, also one that the server "
                            + "answers 200; set backoff.2XX = false");
        }
    }
}
