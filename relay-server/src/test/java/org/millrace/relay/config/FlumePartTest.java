package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.api.KeyDefinition;
import org.millrace.api.KeyDefinition.Standing;
import org.millrace.client.ClientProperties;
import org.millrace.relay.Relay;
import org.millrace.relay.config.FlumePart.State;
import org.millrace.relay.metrics.MonitoringSettings;

/** What the reference says of Flume's parts is what the code does. */
class FlumePartTest {
    @TempDir
    private Path directory;

    private static final List<ComponentReference> OURS = references();

    @Test
    void aComponentThatRefusesAKeyIsHereOnlyPartly() {
        assertThat(OURS).allSatisfy(reference -> {
            List<String> refused = reference.keys().stream()
                    .filter(key -> key.standing() == Standing.UNSUPPORTED)
                    .map(KeyDefinition::key)
                    .toList();
            for (FlumePart part : partsOf(reference)) {
                if (refused.isEmpty() && part.remark().isEmpty()) {
                    assertThat(part.state()).as(part.name()).isEqualTo(State.HERE);
                } else {
                    assertThat(part.state()).as(part.name()).isEqualTo(State.PARTLY);
                    assertThat(refused)
                            .allSatisfy(key -> assertThat(part.words()).contains("`" + key + "`"));
                }
            }
        });
    }

    @Test
    void everyTypeOfOursThatHasANameOfFlumesIsInTheTable() {
        assertThat(OURS)
                .filteredOn(reference -> reference.typeNames().stream()
                        .anyMatch(name -> name.startsWith("org.apache.flume.") && !name.contains("Prometheus")))
                .allSatisfy(reference ->
                        assertThat(partsOf(reference)).as(reference.type()).isNotEmpty());
    }

    @Test
    void aKeyThatIsRefusedIsNamed() {
        ComponentReference parrot = new ComponentReference(
                "sink",
                List.of("avro"),
                "",
                List.of(new KeyDefinition("feathers", "nothing", null, Standing.UNSUPPORTED, "not supported yet")),
                "");
        assertThat(FlumePart.all(List.of(parrot)))
                .contains(new FlumePart("sink", "avro", State.PARTLY, "without `feathers`"));
    }

    /** The same keys as those that the table says to be missing: a class of one's own is refused there. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "hdfs.writeFormat|a.sinks.k.hdfs.writeFormat = com.acme.Own|sink hdfs",
                "processor.selector|a.sinkgroups.g.processor.selector = com.acme.Own|sink processor load_balance",
                "encryption.keyProvider|a.channels.c.encryption.keyProvider = com.acme.Own|channel file",
            })
    void whatIsSaidToBeMissingIsRefused(String key, String line, String part) throws IOException {
        String text = """
                a.channels = c
                a.channels.c.type = file
                a.channels.c.checkpointDir = HOME/cp
                a.channels.c.dataDirs = HOME/data
                a.sinks = k l
                a.sinks.k.type = hdfs
                a.sinks.k.channel = c
                a.sinks.k.hdfs.path = file:///HOME/out
                a.sinks.l.type = null
                a.sinks.l.channel = c
                a.sinkgroups = g
                a.sinkgroups.g.sinks = k l
                a.sinkgroups.g.processor.type = load_balance
                """.replace("HOME", directory.toString()) + line + "\n";
        assertThat(mistakes(text)).anyMatch(mistake -> mistake.contains(key + ": com.acme.Own"));
        assertThat(FlumePart.all(OURS))
                .filteredOn(each -> (each.kind() + " " + each.name()).equals(part))
                .singleElement()
                .satisfies(each -> assertThat(each.state()).isEqualTo(State.PARTLY));
    }

    static List<FlumePart> monitoring() {
        return FlumePart.all(OURS).stream()
                .filter(part -> part.name().startsWith("-Dflume.monitoring.type="))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("monitoring")
    void monitoringIsThereAsTheTableSays(FlumePart part) {
        Properties system = new Properties();
        system.setProperty("flume.monitoring.type", part.name().replaceFirst(".*=", ""));
        assertThat(MonitoringSettings.problemsOf(system).isEmpty()).isEqualTo(part.state() == State.HERE);
    }

    static List<FlumePart> lookUps() {
        return FlumePart.all(OURS).stream()
                .filter(part -> part.kind().equals("look-up") && !part.name().startsWith("-"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("lookUps")
    void lookUpsAreThereAsTheTableSays(FlumePart part) throws IOException {
        Map<String, String> names = Map.of("env", "NAME", "sys", "name", "java", "version", "date", "yyyy");
        String text = """
                a.channels = c
                a.channels.c.type = memory
                a.sinks = k
                a.sinks.k.channel = c
                a.sinks.k.type = file_roll
                a.sinks.k.sink.directory = ${LOOKUP}
                """.replace(
                "LOOKUP",
                part.name() + ":" + Optional.ofNullable(names.get(part.name())).orElseThrow());
        assertThat(mistakes(text).isEmpty()).isEqualTo(part.state() == State.HERE);
    }

    static List<FlumePart> uris() {
        return FlumePart.all(OURS).stream()
                .filter(part -> part.name().startsWith("-u "))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("uris")
    void urisOfConfigurationsAreThereAsTheTableSays(FlumePart part) {
        String uri = part.name().substring(3) + (part.name().contains("http") ? "//host/x" : "/x");
        assertThat(ConfigurationUri.source(uri, "", "")).isNotNull();
        assertThat(part.state()).isEqualTo(State.HERE);
    }

    static List<FlumePart> clientTypes() {
        return FlumePart.all(OURS).stream()
                .filter(part -> part.kind().equals("client.type"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("clientTypes")
    void typesOfClientsAreThereAsTheTableSays(FlumePart part) {
        Properties properties = new Properties();
        properties.setProperty("client.type", part.name());
        properties.setProperty("hosts", "h1 h2");
        properties.setProperty("hosts.h1", "localhost:1");
        properties.setProperty("hosts.h2", "localhost:2");
        boolean isTaken;
        try {
            isTaken = ClientProperties.read(properties) != null;
        } catch (IllegalArgumentException e) {
            isTaken = false;
        }
        assertThat(isTaken).isEqualTo(part.state() == State.HERE);
    }

    private static List<FlumePart> partsOf(ComponentReference reference) {
        return FlumePart.all(OURS).stream()
                .filter(part -> part.kind().equals(reference.kind()))
                .filter(part -> reference.typeNames().stream().anyMatch(part.name()::equalsIgnoreCase))
                .toList();
    }

    private static List<ComponentReference> references() {
        ComponentCatalog catalog = ComponentCatalog.ofClassPath();
        List<ComponentReference> all = new ArrayList<>(ComponentReferences.of(catalog));
        all.addAll(ComponentReferences.partsOf(catalog));
        return all;
    }

    private List<String> mistakes(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("a.properties"), text);
        Properties system = new Properties();
        system.setProperty("name", "value");
        return Configuration.read(
                        Configuration.Request.ofFiles("a", List.of(file), false),
                        new Environment(Map.of("NAME", "value"), system),
                        ComponentCatalog.ofClassPath(),
                        Relay.routing(),
                        InstantSource.system())
                .findings()
                .mistakes()
                .stream()
                .map(Object::toString)
                .toList();
    }
}
