package org.millrace.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import org.millrace.ledger.Ledger;

/** A verdict for programs. */
final class VerdictJson {
    private VerdictJson() {}

    static String of(Verdict verdict) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeBooleanField("good", verdict.isGood());
            ledger(json, verdict.ledger());
            json.writeObjectFieldStart("found");
            json.writeNumberField("distinct", verdict.distinct());
            json.writeNumberField("acked", verdict.ackedFound());
            json.writeNumberField("refused", verdict.refusedFound());
            json.writeNumberField("unknown", verdict.unknownFound());
            json.writeEndObject();
            json.writeNumberField("lost", verdict.lost());
            json.writeStringField("lostNumbers", verdict.lostNumbers());
            copies(json, verdict.copies());
            json.writeNumberField("corruptEvents", verdict.damaged());
            json.writeNumberField("foreign", verdict.foreign());
            json.writeNumberField("neverSent", verdict.neverSent());
            files(json, verdict);
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void ledger(JsonGenerator json, Ledger ledger) throws IOException {
        json.writeObjectFieldStart("ledger");
        json.writeStringField("run", ledger.run().toString());
        strings(json, "hosts", ledger.hosts());
        json.writeStringField("started", ledger.started().toString());
        json.writeBooleanField("complete", ledger.isComplete());
        json.writeNumberField("sent", ledger.usedEnd());
        json.writeNumberField("acked", ledger.acked().getLongCardinality());
        json.writeNumberField("refused", ledger.refused().getLongCardinality());
        json.writeNumberField("unknown", ledger.unknownEvents());
        json.writeEndObject();
    }

    private static void copies(JsonGenerator json, Verdict.Copies copies) throws IOException {
        json.writeObjectFieldStart("duplicates");
        json.writeNumberField("all", copies.all());
        json.writeNumberField("ofBatchesSentOnce", copies.ofSentOnce());
        json.writeNumberField("ofBatchesSentAgainToTheSameHost", copies.ofRetried());
        json.writeNumberField("ofBatchesSentToSeveralHosts", copies.ofMoved());
        json.writeStringField("numbers", copies.numbers());
        json.writeEndObject();
    }

    private static void files(JsonGenerator json, Verdict verdict) throws IOException {
        FileTally files = verdict.files();
        json.writeObjectFieldStart("files");
        json.writeNumberField("read", files.files());
        json.writeNumberField("bytes", files.bytes());
        json.writeNumberField("corrupt", files.brokenFiles());
        strings(json, "corruptFiles", files.broken());
        json.writeNumberField("inUse", files.inUseFiles());
        strings(json, "inUseFiles", files.inUse());
        json.writeNumberField("inUseEvents", verdict.inUse().events());
        json.writeNumberField("eventsOnlyInUse", verdict.inUse().onlyThere());
        json.writeEndObject();
    }

    private static void strings(JsonGenerator json, String name, Iterable<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
