package org.millrace.relay.cli;

import java.util.List;
import org.millrace.api.KeyDefinition;
import org.millrace.relay.config.ComponentReference;
import org.millrace.relay.config.ComponentReferences;

/** The keys of a component, for a terminal. */
final class ReferenceText {
    private ReferenceText() {}

    static String of(ComponentReference reference) {
        StringBuilder text = new StringBuilder(reference.summary()).append(".\n\n");
        List<String> names = reference.typeNames();
        String namedBy = ComponentReferences.namedBy(reference).replace("`", "");
        text.append(namedBy.isEmpty() ? "type" : namedBy).append(" = ").append(reference.type());
        if (names.size() > 1) {
            text.append(", or ").append(String.join(", ", names.subList(1, names.size())));
        }
        text.append('\n');
        if (!reference.origin().isEmpty()) {
            text.append("Of the ").append(reference.origin()).append(".\n");
        }
        if (!namedBy.isEmpty() && !reference.keys().isEmpty()) {
            text.append("\nKeys, behind that one:\n");
        }
        for (KeyDefinition key : reference.keys()) {
            text.append('\n').append(key.key());
            if (key.standing() == KeyDefinition.Standing.REQUIRED) {
                text.append(" (required)");
            } else if (key.byDefault() != null) {
                text.append(" = ").append(key.byDefault());
            }
            text.append("\n    ")
                    .append(key.meaning())
                    .append(".\n    Expected: ")
                    .append(key.expected())
                    .append(".\n");
        }
        return text.toString();
    }
}
