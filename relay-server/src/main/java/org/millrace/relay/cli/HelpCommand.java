package org.millrace.relay.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.millrace.relay.config.ComponentReference;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the options of a command, or the keys of a component. */
@Command(
        description = {
            "Show the options of a command, or the keys of a component.",
            "help agent; help source; help sink hdfs."
        })
final class HelpCommand implements Callable<Integer> {
    private final Supplier<List<ComponentReference>> references;
    private final PrintWriter out;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            arity = "0..2",
            paramLabel = "WHAT",
            description = {
                "A command; or a kind of component (source, channel, sink, selector, interceptor, processor, filter)",
                "or of its parts (handler, deserializer, serializer, group-serializer, converter, path-manager),",
                "and one of its types."
            })
    private List<String> words = new ArrayList<>();

    @Option(names = "--markdown", description = "All keys of all components, for a page of documentation.")
    private boolean isMarkdown;

    /** @param references asked only if components are meant */
    HelpCommand(Supplier<List<ComponentReference>> references, PrintWriter out) {
        this.references = references;
        this.out = out;
    }

    @Override
    public Integer call() {
        if (isMarkdown) {
            out.print(ReferencePage.of(references.get()));
            out.flush();
        } else if (words.isEmpty()) {
            spec.parent().commandLine().usage(out);
        } else {
            show(words.get(0).toLowerCase(Locale.ROOT));
        }
        return ExitCode.DONE;
    }

    private void show(String what) {
        CommandLine command = spec.parent().subcommands().get(what);
        if (command != null && words.size() == 1) {
            command.usage(out);
            if (what.equals("channel")) {
                out.println();
                showTypes(what, kind(what));
            }
        } else if (words.size() == 1) {
            showTypes(what, kind(what));
        } else {
            out.print(ReferenceText.of(named(what, kind(what), words.get(1))));
        }
        out.flush();
    }

    private void showTypes(String kind, List<ComponentReference> types) {
        types.forEach(type -> out.println("  " + type.type() + ": " + type.summary()
                + (type.origin().isEmpty() ? "" : " (" + type.origin() + ")")));
        out.println("For the keys: millrace help " + kind + " TYPE");
    }

    private List<ComponentReference> kind(String name) {
        List<ComponentReference> all = references.get();
        List<ComponentReference> ofKind = all.stream()
                .filter(reference -> shortKind(reference).equals(name))
                .toList();
        if (ofKind.isEmpty()) {
            String kinds = all.stream().map(HelpCommand::shortKind).distinct().collect(Collectors.joining(", "));
            throw new ParameterException(spec.commandLine(), name + " (expected: a command, or one of: " + kinds + ")");
        }
        return ofKind;
    }

    /** {@code processor} is what its keys start with; no kind has a blank in it. */
    private static String shortKind(ComponentReference reference) {
        return reference
                .kind()
                .replace("sink processor", "processor")
                .replace("config filter", "filter")
                .replace(' ', '-');
    }

    private ComponentReference named(String kind, List<ComponentReference> ofKind, String type) {
        return ofKind.stream()
                .filter(reference -> reference.typeNames().stream().anyMatch(type::equalsIgnoreCase))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        type + " (expected: a type of " + kind + ": "
                                + ofKind.stream().map(ComponentReference::type).collect(Collectors.joining(", "))
                                + ")"));
    }
}
