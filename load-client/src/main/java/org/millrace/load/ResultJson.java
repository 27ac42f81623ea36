package org.millrace.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** A result for programs: exact numbers, times in microseconds. */
final class ResultJson {
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json;

    private ResultJson() throws IOException {
        json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter();
    }

    static String of(LoadResult result) throws IOException {
        ResultJson writer = new ResultJson();
        try (JsonGenerator json = writer.json) {
            json.writeStartObject();
            writer.result(result);
            json.writeEndObject();
        }
        return writer.text.toString();
    }

    /** The fields of the confirmation, or what was tried last, and what the search has found. */
    static String of(RateSearch.Outcome outcome) throws IOException {
        ResultJson writer = new ResultJson();
        try (JsonGenerator json = writer.json) {
            json.writeStartObject();
            writer.search(outcome);
            writer.result(outcome.result());
            json.writeEndObject();
        }
        return writer.text.toString();
    }

    private void search(RateSearch.Outcome outcome) throws IOException {
        RateSearch.Step confirmed = outcome.confirmed();
        json.writeObjectFieldStart("findRate");
        json.writeNumberField("limitMicros", outcome.limitNanos() / 1e3);
        if (confirmed == null) {
            json.writeNullField("eventsPerSecond");
        } else {
            json.writeNumberField("eventsPerSecond", confirmed.eventsPerSecond());
        }
        strings("bottlenecksAbove", outcome.testersLimit());
        json.writeArrayFieldStart("tries");
        for (RateSearch.Step step : outcome.steps()) {
            Figures figures = step.result().figures();
            json.writeStartObject();
            json.writeStringField("phase", step.phase().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("eventsPerSecond", step.eventsPerSecond());
            json.writeNumberField("ackedEventsPerSecond", step.result().ackedPerSecond());
            json.writeNumberField("p99Micros", figures.latencyNanos.getValueAtPercentile(99) / 1e3);
            json.writeStringField("notBorne", step.notBorne());
            strings("bottlenecks", step.result().bottlenecks());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void result(LoadResult result) throws IOException {
        plan(result.plan());
        figures(result);
        effort(result.effort());
        strings("bottlenecks", result.bottlenecks());
        strings("failures", result.failures());
        json.writeStringField("gaveUp", result.gaveUp());
    }

    private void plan(LoadPlan plan) throws IOException {
        json.writeObjectFieldStart("plan");
        json.writeStringField("loop", plan.isOpenLoop() ? "open" : "closed");
        if (plan.pace().isPresent()) {
            plan.pace().get().writeTo(json);
        }
        json.writeNumberField("connections", plan.connections());
        json.writeNumberField("inFlight", plan.inFlight());
        json.writeNumberField("batchEvents", plan.batchEvents());
        json.writeNumberField("warmUpSeconds", plan.warmUp().toMillis() / 1e3);
        json.writeEndObject();
    }

    private void figures(LoadResult result) throws IOException {
        Figures figures = result.figures();
        json.writeNumberField("seconds", result.seconds());
        json.writeNumberField("ackedEventsPerSecond", result.ackedPerSecond());
        json.writeNumberField("sentEvents", figures.sentEvents);
        json.writeNumberField("ackedEvents", figures.ackedEvents);
        json.writeNumberField("ackedBodyBytes", figures.ackedBodyBytes);
        json.writeNumberField("refusedEvents", figures.refusedEvents);
        json.writeNumberField("unknownEvents", figures.unknownEvents);
        json.writeNumberField("unsentEvents", figures.unsentEvents);
        json.writeNumberField("reconnects", figures.reconnects);
        json.writeNumberField("retries", figures.retries);
        histogram("failoverMicros", figures.failoverNanos);
        histogram("latencyMicros", figures.latencyNanos);
        histogram("ownDelayMicros", figures.ownDelayNanos);
        histogram("loopLagMicros", figures.loopLagNanos);
    }

    private void histogram(String name, Histogram nanos) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("count", nanos.getTotalCount());
        for (double percentile : new double[] {50, 90, 99, 99.9, 99.99}) {
            String key =
                    "p" + (percentile == Math.rint(percentile) ? Long.toString((long) percentile) : "" + percentile);
            json.writeNumberField(key, nanos.getValueAtPercentile(percentile) / 1e3);
        }
        json.writeNumberField("max", nanos.getMaxValue() / 1e3);
        json.writeNumberField("mean", nanos.getTotalCount() == 0 ? 0 : nanos.getMean() / 1e3);
        json.writeEndObject();
    }

    private void effort(OwnEffort.Share share) throws IOException {
        json.writeObjectFieldStart("processors");
        share("sender", share.sender());
        share("busiestEventLoop", share.busiestLoop());
        share("machine", share.machine());
        share("process", share.process());
        json.writeEndObject();
    }

    private void share(String name, double share) throws IOException {
        if (Double.isNaN(share)) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, share);
        }
    }

    private void strings(String name, Iterable<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
