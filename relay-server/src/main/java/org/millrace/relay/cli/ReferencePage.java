package org.millrace.relay.cli;

import java.util.List;
import org.millrace.api.KeyDefinition;
import org.millrace.relay.config.ComponentReference;
import org.millrace.relay.config.ComponentReferences;
import org.millrace.relay.config.FlumePart;

/** The keys of all components, and what there is of Flume's, as a page of Markdown. */
final class ReferencePage {
    private static final String HEAD = """
            # Reference: every component and its keys

            Made by `bin/millrace help --markdown` from the code that reads the keys; do not edit. One component on a terminal:
            `bin/millrace help sink hdfs`.

            Keys of every source: `type`, `channels`, `selector.type`, `interceptors`. Of every sink: `type`, `channel`, and `reader` where
            the channel has readers. Of a sink group: `sinks`, `processor.type`.
            """;

    private static final String STATES = """
            What Flume 1.11 has, and whether it is here. A class that people wrote for Flume is not loaded: what such a class would be named
            by, a [plug-in](plugins.md) can bring, where this table does not say otherwise.
            """;

    private static final String PARTS = """

            ## Parts that components name

            A [plug-in](plugins.md) may bring others. Their keys stand in the tables of the components above.
            """;

    private final StringBuilder text = new StringBuilder();

    private ReferencePage() {}

    static String of(List<ComponentReference> references) {
        ReferencePage page = new ReferencePage();
        page.text.append(HEAD);
        page.flumeParts(FlumePart.all(references));
        references.stream()
                .filter(reference -> ComponentReferences.namedBy(reference).isEmpty())
                .forEach(page::component);
        page.parts(references.stream()
                .filter(reference -> !ComponentReferences.namedBy(reference).isEmpty())
                .toList());
        return page.text.toString();
    }

    private void flumeParts(List<FlumePart> parts) {
        text.append("\n## Flume's components\n\n" + STATES + "\n| kind | Flume 1.11 | Millrace |\n|---|---|---|\n");
        for (FlumePart part : parts) {
            row(part.kind(), code(part.name()), part.words());
        }
    }

    private void component(ComponentReference reference) {
        text.append("\n## ")
                .append(reference.kind())
                .append(" `")
                .append(reference.type())
                .append("`\n\n");
        text.append(reference.summary()).append(".\n");
        if (!reference.origin().isEmpty()) {
            text.append("\nOf the ").append(reference.origin()).append(".\n");
        }
        List<String> names = reference.typeNames();
        if (names.size() > 1) {
            text.append("\nAlso: ")
                    .append(String.join(
                            ", ",
                            names.subList(1, names.size()).stream()
                                    .map(ReferencePage::code)
                                    .toList()))
                    .append("\n");
        }
        if (reference.keys().isEmpty()) {
            return;
        }
        text.append("\n| key | value | default | meaning |\n|---|---|---|---|\n");
        for (KeyDefinition key : reference.keys()) {
            String byDefault = key.byDefault();
            row(
                    code(key.key()),
                    key.standing().compareTo(KeyDefinition.Standing.OPTIONAL) <= 0 ? key.expected() : "",
                    key.standing() == KeyDefinition.Standing.REQUIRED
                            ? "required"
                            : byDefault == null ? "" : code(byDefault),
                    key.meaning());
        }
    }

    private void parts(List<ComponentReference> parts) {
        text.append(PARTS);
        text.append("\n| named by | type | what it does |\n|---|---|---|\n");
        for (ComponentReference part : parts) {
            String names = String.join(
                    ", ", part.typeNames().stream().map(ReferencePage::code).toList());
            String origin = part.origin().isEmpty() ? "" : " (" + part.origin() + ")";
            row(ComponentReferences.namedBy(part), names, part.summary() + origin);
        }
    }

    private void row(String... cells) {
        text.append('|');
        for (String cell : cells) {
            text.append(' ').append(cell.replace("|", "\\|")).append(" |");
        }
        text.append('\n');
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : '`' + text + '`';
    }
}
